"""Closed months held against their seals, their log entries, their rows and their counts (§8)."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from aggregation.closings import Closing
from aggregation.months.figure_rows import digest_of, stored_rows
from aggregation.proof.duty_check import duty_differences
from aggregation.proof.figure_check import figure_differences
from aggregation.proof.month_seals import SealableMonth, month_facts
from aggregation.proof.recount_check import recount_differences
from aggregation.proof.release_check import cut_differences, release_differences
from survey.difference import Difference, Kind
from survey.models import ClosedMonth, LogEntry
from survey.seal_models import SealKind
from survey.seal_text import Link

_ACTS = ("month.closed", "month.revised")
_DIGEST = "Angka yang tersimpan tidak menghasilkan sidik angkanya."
_LOGGED = "Catatan penutupannya di log menyebut {} lain."
_UNLOGGED = "Penutupan ini tidak ada dalam log."
_SEALED = "Segel bulannya menyebut {} lain."
_GONE = "Penutupan ini {}, tetapi barisnya tidak ada."
_SPOILT = "Isinya bertentangan sehingga tidak dapat dihitung ulang."
_MONTH = "Daftar bulan yang ditutup tidak cocok dengan penutupannya."


def closing_differences(session: Session, links: Sequence[Link]) -> Iterator[Difference]:
    """Yield where a closed month does not say what was sealed, or what its rows say."""
    closings = session.scalars(
        select(Closing).order_by(col(Closing.unit_id), col(Closing.month), col(Closing.revision))
    ).all()
    by_id = {closing.id: closing for closing in closings}
    seals = {link.subject: link for link in links if link.kind == SealKind.MONTH}
    days = [link for link in links if link.kind == SealKind.DAY]
    logged = _logged(session)
    yield from _missing(by_id, seals, logged)
    yield from _closed_months(session, closings)
    earlier: dict[int, Closing] = {}
    for closing in closings:
        earlier = earlier if closing.revision else {}
        subject = f"closing {closing.id}"
        for sentence in (
            *_against_log(closing, logged.get(str(closing.id))),
            *_against_seal(session, closing, seals.get(str(closing.id)), days),
            *_against_digest(session, closing),
        ):
            yield Difference(Kind.CLOSING, subject, sentence)
        yield from _counts(session, closing, earlier)
        earlier[closing.revision] = closing
    yield from _read_well(session, "release", lambda: release_differences(session, by_id))


def _counts(
    session: Session, closing: Closing, earlier: Mapping[int, Closing]
) -> Iterator[Difference]:
    spoilt = list(duty_differences(session, closing))
    yield from spoilt
    if spoilt:
        return  # nothing can be counted by them
    before = earlier.get(closing.revision - 1)
    for differences in (
        partial(recount_differences, session, closing, before),
        partial(figure_differences, session, closing, earlier),
        partial(cut_differences, session, closing),
    ):
        yield from _read_well(session, f"closing {closing.id}", differences)


def _read_well(
    session: Session, subject: str, differences: Callable[[], Iterable[Difference]]
) -> Sequence[Difference]:
    """Return differences; what cannot be read is one, and never stops the check of the rest."""
    try:
        with session.begin_nested():
            return list(differences())
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, DBAPIError):
        return [Difference(Kind.CLOSING, subject, _SPOILT)]


def _against_digest(session: Session, closing: Closing) -> Iterator[str]:
    rows = stored_rows(session, closing.id)
    of = closing.unit_id, closing.month, closing.method_version
    if digest_of(*of, rows) != closing.figures_digest:
        yield _DIGEST


def _against_log(closing: Closing, facts: Mapping[str, Any] | None) -> Iterator[str]:
    if facts is None:
        yield _UNLOGGED
        return
    for name, value in (
        ("figures", closing.figures_digest.hex()),
        ("month", str(closing.month)),
        ("revision", closing.revision),
        ("responses", closing.responses),
    ):
        if facts.get(name) != value:
            yield _LOGGED.format(name)


def _against_seal(
    session: Session, closing: Closing, seal: Link | None, days: Sequence[Link]
) -> Iterator[str]:
    if seal is None:
        return  # it waits for the night after the close
    said = seal.facts
    try:
        last_day = date.fromisoformat(str(said.get("last_day")))
    except ValueError:
        return  # the chain says that the seal is none
    month = SealableMonth(closing, str(said.get("unit")), last_day)
    before = [link for link in days if link.number < seal.number]
    for name, value in month_facts(session, month, before).items():
        if said.get(name) != value:
            yield _SEALED.format(name)


def _missing(
    closings: Mapping[UUID, Closing],
    seals: Mapping[str, Link],
    logged: Mapping[str, Mapping[str, Any]],
) -> Iterator[Difference]:
    known = {str(each) for each in closings}
    for what, ids in (("disegel", seals.keys()), ("tercatat di log", logged.keys())):
        for closing_id in sorted(ids - known):
            yield Difference(Kind.REMOVED, f"closing {closing_id}", _GONE.format(what))
        known |= ids


def _closed_months(session: Session, closings: Sequence[Closing]) -> Iterator[Difference]:
    """Yield the months that intake takes for closed and are not, or the other way round."""
    closed = {(each.unit_id, each.month) for each in session.scalars(select(ClosedMonth))}
    written = {(each.unit_id, each.month) for each in closings}
    for unit_id, month in sorted(closed ^ written):
        yield Difference(Kind.CLOSING, f"closed_month {unit_id} {month}", _MONTH)


def _logged(session: Session) -> dict[str, Mapping[str, Any]]:
    """Return what the log says of each closing, by its id."""
    rows = session.execute(
        select(col(LogEntry.subject), col(LogEntry.facts)).where(col(LogEntry.act).in_(_ACTS))
    )
    return {subject.removeprefix("closing "): _read(facts) for subject, facts in rows}


def _read(facts: str) -> Mapping[str, Any]:
    try:
        said = json.loads(facts)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
