"""Mail about alerts: a digest a night and no more, nobody's name in it, never the same twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import col

from aggregation.access.models import Account
from aggregation.access.roles import Role
from aggregation.alerts.inbox import see
from aggregation.alerts.models import AlertKind, AlertMail
from aggregation.alerts.notices import Notice
from aggregation.alerts.raising import end_alert, raise_alert
from aggregation.alerts.readers import readers
from aggregation.alerts.telling import Mailing, Told, send_digests, tell_at_once
from aggregation.app import FOLDER
from aggregation.mail import Mail, NoPost, NotSent, Post, post_of
from survey.database import reading, writing
from survey.language import TRANSLATIONS, load_languages
from survey.models import ServiceUnit
from tests.alert_factories import at, made_unit, mailed_account, silent
from tests.factories import settings
from tests.mail_server import Inbox, mail_server

NIGHT = date(2026, 11, 4)
A_DAY = timedelta(days=1)
LANGUAGES = load_languages(["id", "en"], (TRANSLATIONS, FOLDER / "translations"))
STAFF = "https://pegawai.contoh.example/staff"
DROP = Notice(AlertKind.DROP, "2026-10", {"month": "2026-10", "index": "87.25", "before": "90.00"})
NAMES = ("Bambang", "Rina")


@dataclass
class Tray:
    """A post that keeps what it is given, or refuses it."""

    mails: list[Mail] = field(default_factory=list)
    refuses: bool = False

    def send(self, mail: Mail) -> bool:
        if self.refuses:
            raise NotSent
        self.mails.append(mail)
        return True


@dataclass(frozen=True)
class Office:
    """A unit with a head and an operator who want mail."""

    engine: Engine
    unit_id: int
    head: int
    tray: Tray

    @property
    def mailing(self) -> Mailing:
        return Mailing(self.tray, LANGUAGES, STAFF)

    def raise_(self, *notices: Notice) -> list[UUID]:
        with writing(self.engine) as session:
            made = [raise_alert(session, self.unit_id, each, at(3)) for each in notices]
        return [each for each in made if each is not None]

    def night(self, night: date = NIGHT) -> list[str]:
        """Send a night's digests, and return to whom they went."""
        before = len(self.tray.mails)
        send_digests(self.engine, self.mailing, night)
        return [mail.to for mail in self.tray.mails[before:]]


def made_office(engine: Engine, post: Tray | None = None) -> Office:
    with writing(engine) as session:
        unit_id = made_unit(session).id or 0
        head = mailed_account(session, "kepala@contoh.example", Role.UNIT_HEAD, unit_id, NAMES[0])
        mailed_account(session, "operator@contoh.example", Role.OPERATOR, None, NAMES[1])
    return Office(engine, unit_id, head, post or Tray())


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return made_office(sqlite_engine)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as server:
        yield server


def test_a_digest_tells_each_person_what_waits_for_him(office: Office) -> None:
    office.raise_(DROP, silent())
    assert office.night() == ["kepala@contoh.example", "operator@contoh.example"]
    to_head, to_operator = office.tray.mails
    assert to_head.subject == "Nilai Loket: 2 hal menunggu Anda"
    unit, drop, tablet = to_head.text.splitlines()[2:5]
    assert unit == "Disdukcapil Contoh"
    assert drop.startswith("- IKM Oktober 2026 adalah 87,25, turun dari 90,00; turunnya lebih")
    assert drop.endswith("Cari unsur dan loket yang turun, lalu sepakati satu perbaikan.")
    assert tablet.startswith(
        "- Tablet di Loket 3 tidak terhubung sejak 3 November 2026 pukul 08.00"
    )
    assert f"{STAFF}/kotak" in to_head.text.splitlines()
    assert f"{STAFF}/akun-saya" in to_head.text.splitlines()
    assert "IKM Oktober" not in to_operator.text


def test_no_mail_names_anybody(office: Office) -> None:
    office.raise_(DROP, silent())
    office.night()
    for mail in office.tray.mails:
        assert not any(name in mail.subject + mail.text for name in NAMES)
        assert "<" not in mail.text


def test_nothing_is_told_twice(office: Office) -> None:
    office.raise_(DROP)
    nights = [office.night(NIGHT + each * A_DAY) for each in range(3)]
    assert nights == [["kepala@contoh.example"], [], []]
    office.raise_(silent())
    assert office.night(NIGHT + 3 * A_DAY) == ["kepala@contoh.example", "operator@contoh.example"]
    assert "IKM Oktober" not in office.tray.mails[-2].text


def test_there_is_one_digest_a_night(office: Office) -> None:
    office.raise_(DROP)
    assert office.night() == ["kepala@contoh.example"]
    office.raise_(silent())
    assert office.night() == ["operator@contoh.example"]
    assert office.night(NIGHT + A_DAY) == ["kepala@contoh.example"]


def test_without_news_there_is_no_digest(office: Office) -> None:
    assert office.night() == []
    [alert] = office.raise_(silent())
    with writing(office.engine) as session:
        head = next(each for each in readers(session) if each.account_id == office.head)
        see(session, head.scope, office.head, at(3), alert)
    assert office.night() == ["operator@contoh.example"]
    office.raise_(silent("t2"))
    with writing(office.engine) as session:
        end_alert(session, office.unit_id, silent("t2").key, at(3))
    assert office.night(NIGHT + A_DAY) == []


@pytest.mark.parametrize("change", [{"digest": False}, {"active": False}, {"password_hash": None}])
def test_who_wants_none_or_never_came_in_gets_none(
    office: Office, change: dict[str, object]
) -> None:
    with writing(office.engine) as session:
        session.execute(update(Account).where(col(Account.id) == office.head).values(change))
    office.raise_(DROP)
    assert office.night() == []


def test_nobody_beyond_the_branch_and_no_other_role_gets_any(office: Office) -> None:
    with writing(office.engine) as session:
        other = made_unit(session, "LAIN", "Kantor lain").id
        mailed_account(session, "sebelah@contoh.example", Role.UNIT_HEAD, other, "Sebelah")
        for role in (Role.HR, Role.ASSESSOR, Role.OFFICER, Role.AUDITOR, Role.REVIEWER):
            mailed_account(session, f"{role}@contoh.example", role, office.unit_id, role)
    office.raise_(DROP, silent())
    assert office.night() == ["kepala@contoh.example", "operator@contoh.example"]


def test_it_speaks_the_language_of_the_unit(office: Office) -> None:
    with writing(office.engine) as session:
        session.get_one(ServiceUnit, office.unit_id).languages = "en,id"
    office.raise_(DROP)
    office.night()
    [mail] = office.tray.mails
    assert mail.subject == "Nilai Loket: waiting for you: 1"
    assert "The IKM of October 2026 is 87.25, down from 90.00" in mail.text


def test_a_long_list_is_cut_and_says_so(office: Office) -> None:
    office.raise_(*(silent(f"t{each}") for each in range(45)))
    office.night()
    text = office.tray.mails[0].text
    assert text.count("\n- ") == 40
    assert "Dan 5 lainnya di kotak masuk." in text


# --- a server that refuses


def test_what_was_refused_is_tried_again_on_the_next_night_only(office: Office) -> None:
    office.raise_(DROP)
    office.tray.refuses = True
    assert send_digests(office.engine, office.mailing, NIGHT) == Told(0, 1)
    office.tray.refuses = False
    assert office.night() == []
    assert office.night(NIGHT + A_DAY) == ["kepala@contoh.example"]
    assert office.night(NIGHT + 2 * A_DAY) == []


def test_a_real_server_takes_it_once(office: Office, inbox: Inbox) -> None:
    given = settings(NILAI_SMTP_URL=inbox.url, NILAI_MAIL_FROM="nilai@contoh.example")
    mailing = Mailing(post_of(given), LANGUAGES, STAFF)
    office.raise_(DROP)
    inbox.refuses = True
    first = send_digests(office.engine, mailing, NIGHT)
    inbox.refuses = False
    again = [send_digests(office.engine, mailing, NIGHT + each * A_DAY) for each in range(3)]
    assert (first, again) == (Told(0, 1), [Told(), Told(1, 0), Told()])
    [mail] = inbox.mails
    assert (mail["To"], mail["Subject"]) == (
        "kepala@contoh.example",
        "Nilai Loket: 1 hal menunggu Anda",
    )
    assert mail.get_content_type() == "text/plain"
    assert "87,25" in mail.get_content()


def test_a_server_that_is_down_keeps_nothing_from_the_others(office: Office) -> None:
    down = Mailing(
        post_of(settings(NILAI_SMTP_URL="smtp://127.0.0.1:9", NILAI_MAIL_FROM="n@c.example")),
        LANGUAGES,
        STAFF,
    )
    office.raise_(DROP, silent())
    assert send_digests(office.engine, down, NIGHT) == Told(0, 2)
    assert len(office.night(NIGHT + A_DAY)) == 2


def test_it_is_noted_before_it_leaves(office: Office) -> None:
    class Lost:
        """A post whose process dies while it sends."""

        def send(self, mail: Mail) -> bool:
            raise KeyboardInterrupt(mail.to)

    office.raise_(DROP)
    with pytest.raises(KeyboardInterrupt):
        send_digests(office.engine, Mailing(Lost(), LANGUAGES, STAFF), NIGHT)
    assert office.night() + office.night(NIGHT + A_DAY) == []


def test_without_a_mail_server_nothing_is_noted(office: Office) -> None:
    office.raise_(DROP)
    post: Post = NoPost()
    assert send_digests(office.engine, Mailing(post, LANGUAGES, STAFF), NIGHT) == Told()
    with reading(office.engine) as session:
        assert session.execute(select(AlertMail)).all() == []
    assert office.night() == ["kepala@contoh.example"]


# --- at once


def test_what_cannot_wait_is_told_at_once_and_not_in_the_digest(office: Office) -> None:
    urgent = office.raise_(silent())
    office.raise_(DROP)
    told = [tell_at_once(office.engine, office.mailing, NIGHT, urgent) for _ in range(2)]
    assert told == [Told(2, 0), Told()]
    assert {mail.subject for mail in office.tray.mails} == {
        "Nilai Loket: tablet diam lebih dari satu jam"
    }
    assert office.night() == ["kepala@contoh.example"]
    assert "Tablet" not in office.tray.mails[-1].text


def test_at_once_and_refused_it_waits_for_the_digest(office: Office) -> None:
    urgent = office.raise_(silent())
    office.tray.refuses = True
    tell_at_once(office.engine, office.mailing, NIGHT, urgent)
    office.tray.refuses = False
    assert tell_at_once(office.engine, office.mailing, NIGHT, urgent) == Told()
    assert len(office.night(NIGHT + A_DAY)) == 2


# --- several processes at once


def test_of_many_who_run_the_night_at_once_one_sends(engine: Engine) -> None:
    office = made_office(engine)
    office.raise_(DROP, silent())
    together = Barrier(16)

    def one(_number: int) -> Told:
        together.wait()
        return send_digests(engine, office.mailing, NIGHT)

    with ThreadPoolExecutor(16) as threads:
        told = list(threads.map(one, range(16)))
    assert sum(each.sent for each in told) == 2
    assert sorted(mail.to for mail in office.tray.mails) == [
        "kepala@contoh.example",
        "operator@contoh.example",
    ]
