"""Mail goes to the office's own server, over a line nobody reads along, or not at all."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from aggregation.access.invitation import Invited, invitation_language, invitation_mail
from aggregation.app import FOLDER
from aggregation.mail import Encryption, Mail, NoPost, NotSent, SmtpPost, post_of
from survey.language import TRANSLATIONS, load_languages
from survey.settings import WrongSettings
from tests.certificates import two_sides
from tests.factories import settings
from tests.mail_server import HOST, PASSWORD, USER, Inbox, mail_server

SENDER = "nilai@contoh.example"
MAIL = Mail("dewi@contoh.example", "Undangan – ya", "Yth. Dewi,\n\nhttps://x.example/" + "a" * 90)
LANGUAGES = load_languages(["id", "en"], (TRANSLATIONS, FOLDER / "translations"))


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as server:
        yield server


def plain(inbox: Inbox) -> SmtpPost:
    return SmtpPost(HOST, inbox.port, SENDER, Encryption.NONE)


def test_a_mail_arrives_as_it_was_written(inbox: Inbox) -> None:
    assert plain(inbox).send(MAIL)
    [mail] = inbox.mails
    assert (mail["From"], mail["To"], mail["Subject"]) == (SENDER, MAIL.to, MAIL.subject)
    assert mail.get_content().split() == MAIL.text.split()
    assert mail.get_content_type() == "text/plain"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@contoh.example>")


@pytest.mark.parametrize("how", [Encryption.TLS, Encryption.STARTTLS])
def test_the_line_is_encrypted_before_the_password_goes_over_it(
    tmp_path: Path, how: Encryption
) -> None:
    theirs, ours = two_sides(tmp_path, HOST)
    with mail_server(how, theirs, login=True) as inbox:
        post = SmtpPost(HOST, inbox.port, SENDER, how, USER, PASSWORD, ours)
        assert post.send(MAIL)
        assert (inbox.encrypted, inbox.signed_in) == ([True], [True])
        wrong = SmtpPost(HOST, inbox.port, SENDER, how, USER, "salah", ours)
        with pytest.raises(NotSent):
            wrong.send(MAIL)
        assert len(inbox.mails) == 1


@pytest.mark.parametrize("how", [Encryption.TLS, Encryption.STARTTLS])
@pytest.mark.parametrize("fault", ["unknown", "another's"])
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(
    tmp_path: Path, how: Encryption, fault: str
) -> None:
    theirs, ours = two_sides(tmp_path, "127.0.0.2" if fault == "another's" else HOST)
    with mail_server(how, theirs) as inbox:
        post = SmtpPost(HOST, inbox.port, SENDER, how, tls=ours)
        if fault == "unknown":
            post = SmtpPost(HOST, inbox.port, SENDER, how)
        with pytest.raises(NotSent):
            post.send(MAIL)
        assert inbox.mails == []


def test_a_server_without_encryption_gets_nothing(inbox: Inbox) -> None:
    with pytest.raises(NotSent):
        SmtpPost(HOST, inbox.port, SENDER, Encryption.STARTTLS).send(MAIL)
    assert inbox.mails == []


def test_a_refusal_is_told_without_repeating_what_the_server_said(inbox: Inbox) -> None:
    inbox.refuses = True
    with pytest.raises(NotSent) as refused:
        plain(inbox).send(MAIL)
    assert "dewi" not in str(refused.value)


@pytest.mark.parametrize("mail", [
    Mail("a@contoh.example\nBcc: b@contoh.example", "x", "x"),
    Mail("a@contoh.example", "x\r\nBcc: b@contoh.example", "x"),
])  # fmt: skip
def test_nobody_smuggles_in_another_recipient(inbox: Inbox, mail: Mail) -> None:
    with pytest.raises(NotSent):
        plain(inbox).send(mail)
    assert inbox.mails == []


def test_nobody_listens(inbox: Inbox) -> None:
    post = plain(inbox)
    free = SmtpPost(HOST, 9, SENDER, Encryption.NONE)
    assert post.send(MAIL)
    with pytest.raises(NotSent):
        free.send(MAIL)


def test_an_installation_without_a_mail_server_says_that_it_sends_nothing() -> None:
    assert post_of(settings()) == NoPost()
    assert not NoPost().send(MAIL)


@pytest.mark.parametrize(
    ("url", "host", "port", "how"),
    [
        ("smtp://mail.example.go.id", "mail.example.go.id", 587, Encryption.STARTTLS),
        ("smtp://mail.example.go.id:25/", "mail.example.go.id", 25, Encryption.STARTTLS),
        ("smtps://mail.example.go.id", "mail.example.go.id", 465, Encryption.TLS),
        ("smtp://127.0.0.1:25", "127.0.0.1", 25, Encryption.NONE),
        ("smtp://[::1]:25", "::1", 25, Encryption.NONE),
        ("smtp://10.0.0.5", "10.0.0.5", 587, Encryption.STARTTLS),
    ],
)
def test_only_this_very_machine_is_spoken_to_in_the_clear(
    url: str, host: str, port: int, how: Encryption
) -> None:
    post = post_of(settings(NILAI_SMTP_URL=url, NILAI_MAIL_FROM=SENDER))
    assert isinstance(post, SmtpPost)
    assert (post.host, post.port, post.encryption, post.user) == (host, port, how, None)


def test_a_password_may_hold_any_letter_and_is_never_shown() -> None:
    user, password = quote(USER, safe=""), quote(PASSWORD, safe="")
    url = f"smtps://{user}:{password}@mail.example.go.id"
    given = settings(NILAI_SMTP_URL=url, NILAI_MAIL_FROM=SENDER)
    post = post_of(given)
    assert isinstance(post, SmtpPost)
    assert (post.user, post.password) == (USER, PASSWORD)
    assert "rahasia" not in repr(post) + repr(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NILAI_SMTP_URL", ""),
        ("NILAI_SMTP_URL", "mail.example.go.id"),
        ("NILAI_SMTP_URL", "http://mail.example.go.id"),
        ("NILAI_SMTP_URL", "smtp://"),
        ("NILAI_SMTP_URL", "smtp://mail.example.go.id:99999"),
        ("NILAI_SMTP_URL", "smtp://:hunter2@mail.example.go.id"),
        ("NILAI_SMTP_URL", "smtp://a:hunter2@mail.example.go.id/inbox"),
        ("NILAI_MAIL_FROM", ""),
        ("NILAI_MAIL_FROM", "Nilai Loket"),
        ("NILAI_MAIL_FROM", "a@b.example\nBcc: c@d.example"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_not_repeated(name: str, value: str) -> None:
    right = {"NILAI_SMTP_URL": "smtp://mail.example.go.id", "NILAI_MAIL_FROM": SENDER}
    with pytest.raises(WrongSettings) as refused:
        settings(**{**right, name: value})
    assert str(refused.value).startswith(name)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("alone", ["NILAI_SMTP_URL", "NILAI_MAIL_FROM"])
def test_server_and_sender_are_set_together(alone: str) -> None:
    value = {"NILAI_SMTP_URL": "smtp://mail.example.go.id", "NILAI_MAIL_FROM": SENDER}[alone]
    with pytest.raises(WrongSettings):
        settings(**{alone: value})


@pytest.mark.parametrize(
    ("wanted", "code", "begins"), [(("en", "id"), "en", "Dear"), (("min",), "id", "Yth.")]
)
def test_an_invitation_speaks_the_language_of_the_unit(
    wanted: tuple[str, ...], code: str, begins: str
) -> None:
    guest = Invited("Dewi 100%", "dewi@contoh.example", wanted)
    assert invitation_language(guest, ("id", "en")) == code
    mail = invitation_mail(guest, "https://pegawai.example/masuk/x", LANGUAGES[code])
    assert mail.text.startswith(f"{begins} Dewi 100%,")
    assert "https://pegawai.example/masuk/x" in mail.text.splitlines()
    assert " 72 " in mail.text
    assert "<" not in mail.text
