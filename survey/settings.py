"""Settings: one frozen object from the environment that refuses to start wrong."""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from survey.secret_files import WrongSecretFile, with_secrets

HOME = Path(__file__).resolve().parent.parent
EMBEDDED_FOLDER = HOME / "var"
KNOWN_LANGUAGES = ("id", "en", "min", "ace")
_SHORTEST_SECRET = 32
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class WrongSettings(ValueError):
    """A setting is missing or wrong; the text is one plain sentence that says what to do."""

    for_operators = True


class KeyFile(NamedTuple):
    """Where the key lies that closed months are sealed with.

    Attributes
    ----------
    made_here
        Whether it is made on first use, as everything of the embedded default is.
    """

    path: Path
    made_here: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the product takes from its environment.

    Attributes
    ----------
    database_url
        ``sqlite:///…`` or ``postgresql+psycopg://…``.
    secret_key
        Signs desk codes, hidden tokens and receipts; it must live as long as the posters do.
    public_url, staff_url
        Where citizens and staff reach the two sites, without a closing slash.
    languages
        Language codes that the screens offer, first the default.
    trusted_proxies
        How many reverse proxies stand in front, 0 to 5.
    smtp_url
        The office's mail server, ``smtp://`` or ``smtps://``, with user and password if it asks;
        None if mail is not sent.
    mail_from
        The address that mail comes from.
    seal_key_file
        The key that manifests are signed with; None if none was set up.
    metrics
        Where figures for monitoring are served, on this machine only; None if they are not.
    marks_folder
        Where a night's work and backups leave when they were done last; None if nowhere.
    security_contact
        Where whoever finds a hole tells of it, ``mailto:`` or ``https:``; None if nowhere.
    code_for_all
        Whether all of the staff sign in with a second factor, or those whose role asks for one.
    """

    database_url: str
    secret_key: str
    public_url: str
    staff_url: str
    languages: tuple[str, ...]
    trusted_proxies: int
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    seal_key_file: KeyFile | None = None
    metrics: tuple[str, int] | None = None
    marks_folder: Path | None = None
    security_contact: str | None = None
    code_for_all: bool = False

    def key(self, purpose: str) -> bytes:
        """Return the 32-byte key for one purpose, derived from the secret key."""
        return _derived(self.secret_key, purpose)


@cache
def _derived(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)


def settings_from(environment: Mapping[str, str], folder: Path = EMBEDDED_FOLDER) -> Settings:
    """Read the settings.

    Parameters
    ----------
    environment
        Usually ``os.environ``.
    folder
        Where the embedded database and its secret key lie.

    Raises
    ------
    WrongSettings
        If one is missing or cannot be right.
    """
    try:
        environment = with_secrets(environment, "NILAI_SECRET_KEY", "NILAI_SMTP_URL")
    except WrongSecretFile as error:
        raise WrongSettings(str(error)) from error
    embedded = "NILAI_DATABASE_URL" not in environment
    public_url = _address(environment, "NILAI_PUBLIC_URL", "http://127.0.0.1:8000")
    if urlsplit(public_url).path:
        message = "NILAI_PUBLIC_URL must be a site of its own, without a path behind the name."
        raise WrongSettings(message)
    smtp_url, mail_from = _mail(environment)
    return Settings(
        database_url=_database_url(environment, folder),
        secret_key=_secret_key(environment, folder if embedded else None),
        public_url=public_url,
        staff_url=_address(environment, "NILAI_STAFF_URL", f"{public_url}/staff"),
        languages=_languages(environment.get("NILAI_LANGUAGES", "id,en")),
        trusted_proxies=int(_one_of(environment, "NILAI_TRUSTED_PROXIES", *"012345")),
        seal_key_file=_seal_key_file(environment, folder if embedded else None),
        smtp_url=smtp_url,
        mail_from=mail_from,
        metrics=_metrics(environment.get("NILAI_METRICS")),
        marks_folder=_marks_folder(environment, folder if embedded else None),
        security_contact=_contact(environment.get("NILAI_SECURITY_CONTACT")),
        code_for_all=_one_of(environment, "NILAI_SECOND_FACTOR", "roles", "all") == "all",
    )


def _database_url(environment: Mapping[str, str], folder: Path) -> str:
    url = environment.get("NILAI_DATABASE_URL", f"sqlite:///{folder / 'nilai.db'}")
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        message = (
            "NILAI_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://, "
            f"not with “{url.partition(':')[0]}:”."
        )
        raise WrongSettings(message)
    if not _is_database(url):
        message = "NILAI_DATABASE_URL must name a file or a database, like sqlite:////srv/nilai.db."
        raise WrongSettings(message)
    return url


def _is_database(url: str) -> bool:
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        return False
    return bool(parts.database) and parts.database != ":memory:"


def _secret_key(environment: Mapping[str, str], folder: Path | None) -> str:
    given = environment.get("NILAI_SECRET_KEY")
    if given is None and folder is not None:
        given = kept_secret(folder / "secret-key", lambda: secrets.token_urlsafe(48) + "\n").strip()
    if given is None or len(given) < _SHORTEST_SECRET:
        message = (
            f"NILAI_SECRET_KEY must have at least {_SHORTEST_SECRET} characters; make one with "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))' and keep it."
        )
        raise WrongSettings(message)
    return given


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """Return a secret of the embedded default, made on first use, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Two processes may start at once, or the power may fail: only a whole file gets the name.
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text(encoding="ascii")


def _seal_key_file(environment: Mapping[str, str], folder: Path | None) -> KeyFile | None:
    given = environment.get("NILAI_SEAL_KEY_FILE")
    if given is not None:
        return KeyFile(Path(given), made_here=False)
    return None if folder is None else KeyFile(folder / "seal-key.pem", made_here=True)


def _address(environment: Mapping[str, str], name: str, default: str) -> str:
    address = environment.get(name, default).rstrip("/")
    if not _is_site(address):
        message = f"{name} must be an address like https://nilai.example.go.id, not “{address}”."
        raise WrongSettings(message)
    return address


def _is_site(address: str) -> bool:
    try:
        parts = urlsplit(address)
        reachable = bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets or a port that no address has
        return False
    return parts.scheme in {"http", "https"} and reachable and not (parts.query or parts.fragment)


def _contact(text: str | None) -> str | None:
    """Return a contact as an address, so that a mail address may be given as it is."""
    if text is None or (text.startswith("https://") and text.isprintable() and _is_site(text)):
        return text
    mail = text.removeprefix("mailto:")
    if not _MAIL_ADDRESS.fullmatch(mail):
        message = "NILAI_SECURITY_CONTACT must be like keamanan@example.go.id or https://…."
        raise WrongSettings(message)
    return f"mailto:{mail}"


def _languages(text: str) -> tuple[str, ...]:
    languages = tuple(code.strip() for code in text.split(",") if code.strip())
    unknown = [code for code in languages if code not in KNOWN_LANGUAGES]
    if unknown or not languages:
        message = f"NILAI_LANGUAGES may name {', '.join(KNOWN_LANGUAGES)}; it says “{text}”."
        raise WrongSettings(message)
    return languages


def _one_of(environment: Mapping[str, str], name: str, *choices: str) -> str:
    """Return which one was chosen; without a choice it is the first."""
    text = environment.get(name, choices[0])
    if text not in choices:
        message = f"{name} must be one of {', '.join(choices)}, not “{text}”."
        raise WrongSettings(message)
    return text


def _metrics(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname or "", parts.port
        whole = text in {f"{host}:{port}", f"[{host}]:{port}"}
        here = whole and ip_address(host).is_loopback
    except ValueError:  # no address, or a port that no address has
        host, port, here = "", None, False
    if not here or not port:
        message = "NILAI_METRICS must be an address of this machine itself, like 127.0.0.1:9187."
        raise WrongSettings(message)
    return host, port


def _marks_folder(environment: Mapping[str, str], folder: Path | None) -> Path | None:
    given = environment.get("NILAI_MARKS_FOLDER")
    if given is None:
        return None if folder is None else folder / "marks"
    if not Path(given).is_absolute():
        message = "NILAI_MARKS_FOLDER must be a whole path, like /var/lib/nilai/marks."
        raise WrongSettings(message)
    return Path(given)


def _mail(environment: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return the mail server and the sender; both or neither, and no sentence repeats either."""
    server, sender = environment.get("NILAI_SMTP_URL"), environment.get("NILAI_MAIL_FROM")
    if server is None and sender is None:
        return None, None
    if server is None or not _is_mail_server(server):
        message = "NILAI_SMTP_URL must be like smtp://user:password@mail.example.go.id:587."
        raise WrongSettings(message)
    if sender is None or not _MAIL_ADDRESS.fullmatch(sender):
        message = "NILAI_MAIL_FROM must be an address like nilai@example.go.id."
        raise WrongSettings(message)
    return server, sender


def _is_mail_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        reachable = bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets or a port that no address has
        return False
    named = parts.password is None or bool(parts.username)
    rest = parts.path.strip("/") or parts.query or parts.fragment
    return parts.scheme in {"smtp", "smtps"} and reachable and named and not rest
