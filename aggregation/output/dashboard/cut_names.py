"""What the cells of a cut are called, in the office's order; who is unknown comes last."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.method.cuts import UNKNOWN
from survey.channel import Channel
from survey.language import Language, worded
from survey.models import Desk, Service

CHANNEL_NAMES: Mapping[str, str] = {
    Channel.KIOSK: worded("Tablet di loket"),
    Channel.KIOSK_QR: worded("Kode QR di tablet"),
    Channel.TICKET: worded("Karcis"),
    Channel.DESK_QR: worded("Poster QR"),
    Channel.PAPER: worded("Lembar kertas"),
}


def service_names(session: Session, unit_id: int, language: Language) -> dict[str, str]:
    """Return a unit's services by cell, those it no longer gives included."""
    rows = session.execute(
        select(col(Service.id), col(Service.name))
        .where(col(Service.unit_id) == unit_id)
        .order_by(col(Service.id))
    )
    unknown = language.say(worded("Layanan tidak diketahui"))
    return {**{str(id_): name for id_, name in rows}, UNKNOWN: unknown}


def desk_names(session: Session, unit_id: int, language: Language) -> dict[str, str]:
    """Return a unit's desks by cell, those that are closed included."""
    rows = session.execute(
        select(col(Desk.id), col(Desk.name))
        .where(col(Desk.unit_id) == unit_id)
        .order_by(col(Desk.id))
    )
    unknown = language.say(worded("Tanpa loket"))
    return {**{str(id_): name for id_, name in rows}, UNKNOWN: unknown}


def channel_names(language: Language) -> dict[str, str]:
    """Return all channels by cell."""
    return {channel: language.say(name) for channel, name in CHANNEL_NAMES.items()}
