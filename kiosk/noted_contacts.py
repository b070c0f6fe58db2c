"""What is noted of a tablet with each batch: taps that arrived, the newest, its report (§8)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kiosk.arrivals import note_arrived
from kiosk.batch_body import Report
from kiosk.judged_items import JudgedItem
from kiosk.known_tablets import KnownTablet
from kiosk.models import Device, DeviceReport
from kiosk.service_time import Contact
from survey.models import table_of

_DEVICE, _REPORT = table_of(Device), table_of(DeviceReport)


def held(connection: Connection, device_id: UUID) -> tuple[int, datetime | None]:
    """Hold a tablet's row until the transaction ends; return its contacts and its revocation."""
    contacts, revoked_at = connection.execute(_HELD, {"id": device_id}).one()
    return contacts, revoked_at


def note_items(
    connection: Connection, tablet: KnownTablet, batch: Sequence[JudgedItem], *, own: bool
) -> None:
    """Note which running numbers of an enrolment arrived, refused ones too, and its newest tap.

    Parameters
    ----------
    own
        Whether it is the sender's present enrolment. An earlier one reports no more, so what it
        keeps waiting is counted down here.
    """
    mine = [each for each in batch if each.tablet is tablet]
    numbers = {each.sent.sequence for each in mine if each.sent.sequence is not None}
    arrived = note_arrived(connection, tablet.id, numbers)
    taps = [(each.item.sequence, each.item.served_at) for each in mine if each.item is not None]
    if taps and max(taps)[0] > (-1 if tablet.last_sequence is None else tablet.last_sequence):
        sequence, tapped_at = max(taps)
        newest = {"key": tablet.id, "sequence": sequence, "tapped_at": tapped_at}
        connection.execute(_NEWEST, newest)
    if arrived and not own:
        connection.execute(_FEWER_WAIT, {"key": tablet.id, "arrived": arrived})


def note_contact(
    connection: Connection,
    sender: KnownTablet,
    now: Contact,
    report: Report | None,
    *,
    taken: int,
    refused: int,
) -> None:
    """Note that a batch was taken, and what the tablet told of itself.

    Parameters
    ----------
    taken, refused
        Items of the batch: when the tablet told how many wait, they still did.
    """
    connection.execute(_CONTACT, {"key": sender.id})
    if report is None or now.offset is None:
        return
    row = {
        **asdict(report),
        "device_id": sender.id,
        "at": now.at,
        "clock_offset": round(now.offset.total_seconds()),
        "waiting": max(0, report.waiting - taken),
        "set_aside": report.set_aside + refused,
    }
    connection.execute(_TELL[connection.dialect.name], row)


_HELD = (
    select(_DEVICE.c.contacts, _DEVICE.c.revoked_at)
    .where(_DEVICE.c.id == bindparam("id"))
    .with_for_update()
)
_CONTACT = (
    update(_DEVICE).where(_DEVICE.c.id == bindparam("key")).values(contacts=_DEVICE.c.contacts + 1)
)
_NEWEST = (
    update(_DEVICE)
    .where(_DEVICE.c.id == bindparam("key"))
    .values(last_sequence=bindparam("sequence"), last_tapped_at=bindparam("tapped_at"))
)
_FEWER_WAIT = (
    update(_REPORT)
    .where(_REPORT.c.device_id == bindparam("key"))
    .values(
        waiting=case(
            (_REPORT.c.waiting > bindparam("arrived"), _REPORT.c.waiting - bindparam("arrived")),
            else_=0,
        )
    )
)
_TELL = {
    name: inserted.on_conflict_do_update(
        index_elements=["device_id"],
        set_={column.name: inserted.excluded[column.name] for column in _REPORT.c},
    )
    for name, inserted in (
        ("sqlite", sqlite.insert(_REPORT)),
        ("postgresql", postgresql.insert(_REPORT)),
    )
}
