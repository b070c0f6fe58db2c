"""The demo office's two tablets: one that is well, and one that lost its network.

They are enrolled as every tablet is, each with a key that nobody keeps: they never send again. What
arrived of them are the responses of their desks' channel, numbered without a gap.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregation.demo.office import DESKS
from kiosk import enrolments
from kiosk.arrivals import note_arrived
from kiosk.batch_body import Report
from kiosk.enrolments import Applicant, issue_code, use_code
from kiosk.known_tablets import known_tablet
from kiosk.models import Device
from kiosk.noted_contacts import note_contact
from kiosk.service_time import Contact
from survey.channel import Channel
from survey.desks import RatedDesk, desks_of
from survey.models import Response, ServiceUnit
from survey.month import HalfHour, starts
from survey.opening_hours import OpenDay, OpeningHours
from survey.settings import Settings
from survey.spelling import typed

_OFFICE_HOURS = OpeningHours((OpenDay(time(8), time(15)),) * 5 + (None, None))
_SET_UP_AT = time(7, 30)


@dataclass(frozen=True, slots=True)
class DemoTablet:
    """How a tablet of the demo is when the demo is loaded.

    Attributes
    ----------
    silent
        Minutes since it was last in touch.
    waiting
        Taps that it still keeps.
    """

    silent: int
    waiting: int
    battery: int
    charging: bool


TABLETS = (DemoTablet(1, 0, 96, charging=True), DemoTablet(42, 3, 14, charging=False))
"""The tablets of the desks that have one, in their order."""


def stand_demo_tablets(
    session: Session, unit_id: int, since: date, now: datetime, settings: Settings
) -> None:
    """Let the office tell its hours, and a tablet stand at each desk whose channels name one."""
    unit = session.get_one(ServiceUnit, unit_id)
    unit.opening_hours = _OFFICE_HOURS.stored()
    zone = ZoneInfo(unit.time_zone)
    at = datetime.combine(since, _SET_UP_AT, tzinfo=zone).astimezone(UTC)
    codes = {desk.name for desk in DESKS if Channel.KIOSK in dict(desk.channels)}
    desks = [
        desk for desk in desks_of(session, unit_id, settings.key("desk")) if desk.name in codes
    ]
    for desk, tablet in zip(desks, TABLETS, strict=True):
        device = _enrolled(session, desk, at, settings)
        _tell(session, device, tablet, now, _last_tap(session, device, zone))


def _enrolled(session: Session, desk: RatedDesk, at: datetime, settings: Settings) -> Device:
    key = settings.key(enrolments.PURPOSE)
    code = issue_code(session, desk, at, actor="demo", key=key)
    public_key = generate_private_key(SECP256R1()).public_key()
    told = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    enrolled = use_code(session, Applicant(typed(code.code), told), at, key=key)
    assert enrolled is not None  # noqa: S101 - the code was issued a moment ago
    return enrolled[0]


def _last_tap(session: Session, device: Device, zone: ZoneInfo) -> tuple[int, datetime | None]:
    """Return how many responses came by a desk's tablet, and when the last one was given."""
    row: Any = session.execute(
        select(func.count(), func.max(col(Response.half_hour))).where(
            col(Response.unit_id) == device.unit_id,
            col(Response.desk_id) == device.desk_id,
            col(Response.channel) == Channel.KIOSK,
        )
    ).one()
    count, half_hour = row
    last = None if half_hour is None else starts(HalfHour(half_hour)).replace(tzinfo=zone)
    return count, last


def _tell(
    session: Session,
    device: Device,
    tablet: DemoTablet,
    now: datetime,
    taps: tuple[int, datetime | None],
) -> None:
    """Note what arrived of a tablet, and what it told when it was last in touch."""
    connection, (arrived, last) = session.connection(), taps
    note_arrived(connection, device.id, range(arrived))
    if last is not None:
        device.last_sequence, device.last_tapped_at = arrived - 1, last
        session.flush()
    report = Report(
        version="",
        waiting=tablet.waiting,
        set_aside=0,
        next_sequence=arrived + tablet.waiting,
        persisted=True,
        used_bytes=1_900_000,
        quota_bytes=6_400_000_000,
        battery=tablet.battery,
        charging=tablet.charging,
    )
    heard = Contact(now - timedelta(minutes=tablet.silent), timedelta(seconds=1))
    sender = known_tablet(session, device.id)
    note_contact(connection, sender, heard, report, taken=0, refused=0)
