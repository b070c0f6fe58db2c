"""Whom a breach concerns: by what got out, a copy of the database, an account, or a tablet.

UU 27/2022 Pasal 46 asks for a written notice to each person and to the agency within 3 × 24 hours:
what data, when and how, and what is done about it. This counts; `docs/breach.md` says what to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlmodel import Session, col

from aggregation.access.accounts import member
from aggregation.access.models import Account, StaffSession
from aggregation.access.roles import Right
from aggregation.models import Assignment, Officer
from kiosk.devices import UnknownDevice
from kiosk.models import Device, DeviceRange, DeviceReport
from survey.models import Desk, LogEntry, PrivateText, ServiceUnit


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when strangers may have had their hands on it."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Affected:
    """A person, a thing or a number of texts that the breach concerns.

    Attributes
    ----------
    kind
        ``akun``, ``petugas``, ``tablet``, ``sesi``, ``halaman`` or ``teks``.
    who
        A name, or what the thing is called.
    contact
        Where the person can be told: an address or a number; empty where nobody can be named.
    what
        Which data of theirs.
    first, last
        From when to when, as far as it is known.
    count
        How many rows.
    """

    kind: str
    who: str
    contact: str
    what: str
    first: datetime | None = None
    last: datetime | None = None
    count: int = 1


def by_copy(session: Session, stretch: Stretch) -> Iterator[Affected]:
    """Yield what whoever has a copy of the database made in a stretch of time can read."""
    accounts = select(Account).where(col(Account.created_at) <= stretch.until)
    for account in session.scalars(accounts.order_by(col(Account.email))):
        what = "nama, email, peran, sidik kata sandi, sesi"
        yield Affected("akun", account.name, account.email, what, first=account.created_at)
    yield from _officers(session, select(Officer))
    yield from _tablets(session, stretch)
    yield from _texts(session)


def by_account(session: Session, account_id: int, stretch: Stretch) -> Iterator[Affected]:
    """Yield what somebody could see with an account, and what was opened with it."""
    who = member(session, account_id)
    yield Affected("akun", who.name, who.email, "akun yang dipakai orang lain")
    yield from _sessions(session, account_id, stretch)
    yield from _pages(session, who.key, stretch)
    units = who.scope.units(Right.SEE_ROSTER)
    within = select(col(Assignment.officer_id)).where(col(Assignment.unit_id).in_(units))
    yield from _officers(session, select(Officer).where(col(Officer.id).in_(within)))


def by_tablet(session: Session, device_id: UUID, stretch: Stretch) -> Iterator[Affected]:
    """Yield what a stolen tablet held.

    Raises
    ------
    UnknownDevice
        If there is no such tablet.
    """
    found = list(_tablets(session, stretch, device_id))
    if not found:
        raise UnknownDevice(str(device_id))
    yield from found


def _officers(session: Session, query: Select[Officer]) -> Iterator[Affected]:
    for officer in session.scalars(query.order_by(col(Officer.name), col(Officer.id))):
        number = officer.nip or officer.staff_number or ""
        yield Affected("petugas", officer.name, number, "nama, NIP, penempatan, jadwal, angka")


def _sessions(session: Session, account_id: int, stretch: Stretch) -> Iterator[Affected]:
    ran = select(StaffSession).where(
        col(StaffSession.account_id) == account_id,
        col(StaffSession.started_at) <= stretch.until,
        col(StaffSession.seen_at) >= stretch.since,
    )
    for each in session.scalars(ran.order_by(col(StaffSession.started_at))):
        what = "sesi yang berjalan" if each.verified_at else "sesi tanpa kode verifikasi"
        yield Affected("sesi", each.device or "?", "", what, each.started_at, each.seen_at)


def _pages(session: Session, key: str, stretch: Stretch) -> Iterator[Affected]:
    """Yield the pages that name people and were opened, as the log kept it."""
    at = col(LogEntry.recorded_at)
    read = col(LogEntry.act).in_(("people.read", "comment.raw_read"))
    rows = session.execute(
        select(col(LogEntry.subject), func.min(at), func.max(at), func.count())
        .where(col(LogEntry.actor) == key, read, at.between(stretch.since, stretch.until))
        .group_by(col(LogEntry.subject))
        .order_by(col(LogEntry.subject))
    )
    for subject, first, last, count in rows:
        yield Affected("halaman", subject, "", "data orang di halaman ini", first, last, count)


def _tablets(
    session: Session, stretch: Stretch, device_id: UUID | None = None
) -> Iterator[Affected]:
    query = _tablets_query().where(col(Device.enrolled_at) <= stretch.until)
    if device_id is not None:
        query = query.where(col(Device.id) == device_id)
    for row in session.execute(query):
        waiting = f"{row.waiting or 0} tanggapan menunggu, tersandi di tablet"
        yield Affected(
            "tablet", f"{row.unit} {row.desk}", str(row.id), waiting,
            row.enrolled_at, row.revoked_at, int(row.arrived or 0),
        )  # fmt: skip


def _tablets_query() -> Select[*tuple[Any, ...]]:
    length = col(DeviceRange.last) - col(DeviceRange.first) + 1
    arrived = select(func.sum(length)).where(col(DeviceRange.device_id) == col(Device.id))
    waiting = select(col(DeviceReport.waiting)).where(col(DeviceReport.device_id) == col(Device.id))
    query: Select[*tuple[Any, ...]] = select(
        col(Device.id),
        col(ServiceUnit.code).label("unit"),
        col(Desk.code).label("desk"),
        col(Device.enrolled_at),
        col(Device.revoked_at),
        arrived.scalar_subquery().label("arrived"),
        waiting.scalar_subquery().label("waiting"),
    )
    desk = and_(col(Desk.unit_id) == col(Device.unit_id), col(Desk.id) == col(Device.desk_id))
    return (
        query.join(Desk, desk)
        .join(ServiceUnit, col(ServiceUnit.id) == col(Device.unit_id))
        .order_by(col(ServiceUnit.code), col(Desk.code), col(Device.id))
    )


def _texts(session: Session) -> Iterator[Affected]:
    """Yield how many texts of citizens lie in the database; nobody knows whose they are."""
    rows = session.execute(
        select(col(ServiceUnit.code), col(PrivateText.month), col(PrivateText.field), func.count())
        .join(ServiceUnit, col(ServiceUnit.id) == col(PrivateText.unit_id))
        .group_by(col(ServiceUnit.code), col(PrivateText.month), col(PrivateText.field))
        .order_by(col(ServiceUnit.code), col(PrivateText.month), col(PrivateText.field))
    )
    for unit, month, field, count in rows:
        words = "komentar warga" if field == "COMMENT" else f"profil warga ({field})"
        yield Affected("teks", f"{unit} {month}", "", words, count=count)
