"""An entry of the log as people read it: who did what to what, before and after."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aggregation.access.account_keeper import AT_THE_PROVIDER, AT_THE_SERVER
from aggregation.access.logbook import Entry
from aggregation.access.refusals import STRANGER
from aggregation.access.role_names import ROLE_NAMES
from aggregation.access.roles import Role
from aggregation.site.log.log_words import ACTS, FIELDS
from survey.language import Language, worded
from survey.merkle import Scalar

LONGEST_VALUE = 200
_DIGEST_LETTERS = 64
_SHOWN_LETTERS = 12
_BEFORE, _AFTER = ".before", ".after"
_NO_PEOPLE = {
    AT_THE_SERVER: worded("perintah di server"),
    AT_THE_PROVIDER: worded("penyedia identitas"),
    "link": worded("pemegang tautan"),
    STRANGER: worded("orang tak dikenal"),
    "tablet": worded("tablet"),
}
_SAID_ALREADY = {"fields"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log's page and of its file."""

    at: datetime
    actor: str
    act: str
    subject: str
    unit: str
    details: tuple[str, ...]


def log_line(entry: Entry, zone: ZoneInfo, language: Language) -> Line:
    """Return an entry in a language, its time as the clock on the wall showed it."""
    say = language.say
    return Line(
        at=entry.at.astimezone(zone),
        actor=entry.actor_name or say(_NO_PEOPLE.get(entry.actor, entry.actor)),
        act=say(ACTS.get(entry.act, entry.act)),
        subject=entry.subject_name or _short(entry.subject),
        unit=entry.unit or "",
        details=tuple(_details(entry, language)),
    )


def _details(entry: Entry, language: Language) -> Iterator[str]:
    say, detail = language.say, entry.detail or {}
    for key in detail:
        field = key.removesuffix(_AFTER)
        if field != key:
            before = _value(field, detail.get(f"{field}{_BEFORE}"), language)
            after = _value(field, detail[key], language)
            yield f"{_field(field, language)}: {before} → {after}"
    for key, value in {**entry.facts, **detail}.items():
        told = key in _SAID_ALREADY or key.endswith((_BEFORE, _AFTER))
        if not told and value not in ("", None, []):
            yield f"{_field(key, language)}: {_value(key, value, language)}"
    if entry.erased:
        yield say(worded("rinciannya sudah dihapus"))


def _field(name: str, language: Language) -> str:
    return language.say(FIELDS.get(name, name.replace("_", " ")))


def _value(field: str, value: Scalar | list[str], language: Language) -> str:
    if isinstance(value, bool):
        return language.say(worded("ya")) if value else language.say(worded("tidak"))
    if value is None or value == "":
        return "–"
    if field == "roles" and isinstance(value, str):
        return ", ".join(_role(each, language) for each in value.split(", "))
    text = ", ".join(value) if isinstance(value, list) else _short(str(value))
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _role(written: str, language: Language) -> str:
    """Say a role as an account's edits write it: ``hr@KODE``, ``operator@*`` for the whole tree."""
    role, _, unit = written.partition("@")
    name = language.say(ROLE_NAMES[Role(role)]) if role in set(Role) else role
    return name if unit == "*" else f"{name} {unit}"


def _short(text: str) -> str:
    """Return a text, of a digest only as much as tells it from others."""
    return f"{text[:_SHOWN_LETTERS]}…" if len(text) == _DIGEST_LETTERS else text
