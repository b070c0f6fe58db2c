"""Fill an empty database with the demo office, through the same doors as everybody else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlmodel import Session, select

from aggregation.changes.batch import Cause
from aggregation.demo.office import (
    DESKS,
    OFFICERS,
    TIME_ZONE,
    UNIT_CODE,
    UNIT_NAME,
    on_duty,
    opening,
)
from aggregation.demo.queue import declare_demo_outage, load_queue
from aggregation.demo.tablets import stand_demo_tablets
from aggregation.demo.visitors import Visit, previous_months, visits_of
from aggregation.duties.duty_lines import RosterLine
from aggregation.duties.recorded_duties import record_duties
from aggregation.models import Officer
from aggregation.months.month_close import close_month
from aggregation.people.officer_lines import OFFICER_COLUMNS
from aggregation.people.officers import import_officers
from aggregation.rules.rule_book import rules_in_force
from aggregation.sheets.sheet import read_sheet
from survey.answers import check_answers
from survey.channel import Channel
from survey.desks import RatedDesk, desks_of
from survey.followups import accept_followup
from survey.intake import accept_response
from survey.models import ServiceUnit
from survey.month import Month, local_day, starts
from survey.questionnaire import OVERALL
from survey.services import DISDUKCAPIL, add_services
from survey.set_up import add_desk, add_unit, desks_by_code
from survey.settings import Settings
from survey.submission import Submission, VisitProof
from survey.tickets import issue_tickets, ticket_digest
from survey.units import is_real, known_unit, unit_with

ZONE = ZoneInfo(TIME_ZONE)
_SLIPS_AT_ONCE = 500
_SERVED_AFTER = timedelta(minutes=12)
_WEEKDAYS = range(1, 8)
_MONTHS_WITH_VISITS = 3


class NotEmpty(Exception):
    """The database holds an office already; the demo would mix with it."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded: rated visits, and how many of the months are closed."""

    responses: int
    closed: int


def is_empty(session: Session) -> bool:
    """Tell whether no office has been set up yet."""
    return session.exec(select(ServiceUnit.id).where(is_real()).limit(1)).first() is None


def load_demo(
    session: Session, months: int, seed: int, now: datetime, settings: Settings
) -> Loaded:
    """Load the demo office with the full months before now; all but the last are closed.

    The last one is left for the reader to close.

    Raises
    ------
    NotEmpty
        If there is an office already.
    """
    if not is_empty(session):
        raise NotEmpty
    span = previous_months(local_day(now, ZONE), months)
    unit_id = _set_up(session, span[0].first_day, now)
    count = _load_visits(session, unit_id, span, seed, settings)
    stand_demo_tablets(session, unit_id, span[0].first_day, now, settings)
    _load_queue(session, span[-_MONTHS_WITH_VISITS:], seed)
    for month in span[:-1]:
        _close(session, unit_id, month)
    return Loaded(count, len(span) - 1)


def _set_up(session: Session, since: date, at: datetime) -> int:
    unit_id = add_unit(session, UNIT_CODE, UNIT_NAME, TIME_ZONE)
    service_ids = add_services(session, unit_id, DISDUKCAPIL)
    desk_ids = [
        add_desk(
            session,
            unit_id,
            desk.code,
            desk.name,
            about=desk.about,
            kind=desk.kind,
            service_ids=[service_ids[code] for code in desk.services],
        ).id
        or 0
        for desk in DESKS
    ]
    cause = Cause("demo", "Jadwal awal kantor contoh", at)
    import_officers(session, read_sheet(_officers_sheet(since), OFFICER_COLUMNS), unit_id, cause)
    record_duties(session, unit_id, list(_roster(session, desk_ids, since)), cause)
    return unit_id


def _officers_sheet(since: date) -> bytes:
    head = "NIP;NOMOR PEGAWAI;NAMA;STATUS;KELOMPOK JABATAN;MULAI"
    lines = [
        f"{o.nip or ''};{o.staff_number or ''};{o.name};{o.employment.replace('_', ' ')};"
        f"{o.job_group};{since.isoformat()}"
        for o in OFFICERS
    ]
    return "\n".join([head, *lines]).encode()


def _roster(session: Session, desk_ids: list[int], since: date) -> Iterator[RosterLine]:
    ids = {o.nip or o.staff_number: o.id or 0 for o in session.exec(select(Officer))}
    for weekday in _WEEKDAYS:
        for stretch, (first, end) in enumerate(opening(weekday)):
            for index, desk_id in enumerate(desk_ids):
                officer_id = ids[on_duty(index, weekday, stretch).number]
                yield RosterLine(desk_id, officer_id, weekday, since, first, end)


def _close(session: Session, unit_id: int, month: Month) -> None:
    """Close a month on the fifth of the next one, as the method asks."""
    at = datetime(*month.shift(1).first_day.timetuple()[:3], 9, tzinfo=ZONE) + timedelta(days=4)
    close_month(
        session,
        unit_id,
        month,
        closed_by="demo",
        at=at,
        rules=rules_in_force(session, unit_id, month, at),
    )


def _load_queue(session: Session, months: Sequence[Month], seed: int) -> None:
    """Hand in the queue of the newest months, and declare one outage of the first desk."""
    unit = known_unit(unit_with(session, UNIT_CODE))
    for month in months:
        load_queue(session, unit, visits_of(month, seed), seed)
    first_desk = min(desk.id or 0 for desk in desks_by_code(session, unit.id).values())
    declare_demo_outage(session, unit, first_desk, months[-1])


def _load_visits(
    session: Session, unit_id: int, months: Sequence[Month], seed: int, settings: Settings
) -> int:
    found = {desk.id: desk for desk in desks_of(session, unit_id, settings.key("desk"))}
    desks = {d.code: desk for d, desk in zip(DESKS, found.values(), strict=True)}
    since = months[0].first_day
    slips = {code: _slips(session, desk, since) for code, desk in desks.items()}
    count, connection = 0, session.connection()
    for month in months:
        for visit in visits_of(month, seed):
            desk = desks[visit.desk.code]
            channel = Channel(visit.channel)
            slip = next(slips[visit.desk.code]) if channel is Channel.TICKET else None
            _record(connection, visit, VisitProof(desk, channel, slip), settings.key("receipt"))
            count += 1
    return count


def _record(connection: Connection, visit: Visit, proof: VisitProof, receipt_key: bytes) -> None:
    """Hand a visit in as its channel does: a tablet in one body, a phone in two."""
    at = starts(visit.half_hour).replace(tzinfo=ZONE) + _SERVED_AFTER
    told = visit.service.code if visit.elements else None
    tap = {OVERALL: visit.overall}
    more = check_answers(visit.elements, told, visit.comment, visit.profile)
    whole = check_answers(tap | visit.elements, told, visit.comment, visit.profile)
    first = whole if proof.in_one_body else check_answers(tap)
    accept_response(
        connection, proof, Submission(visit.id, at, first), received_at=at, receipt_key=receipt_key
    )
    if visit.elements and not proof.in_one_body:
        accept_followup(
            connection,
            proof.desk,
            Submission(visit.id, at, more),
            received_at=at + timedelta(minutes=2),
            receipt_key=receipt_key,
        )


def _slips(session: Session, desk: RatedDesk, since: date) -> Iterator[bytes]:
    """Yield the digests of a desk's slips, printing more when a pad is used up."""
    while True:
        for ticket in issue_tickets(session, desk, _SLIPS_AT_ONCE, since):
            yield ticket_digest(ticket.token)
