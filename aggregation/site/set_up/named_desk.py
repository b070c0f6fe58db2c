"""The desk that an address names, and how citizens come to it."""

from dataclasses import dataclass

from flask import abort
from markupsafe import Markup
from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.site.guard import unit
from kiosk.desk_prints import desk_link
from kiosk.posters import qr_drawing
from survey.desks import RatedDesk
from survey.models import Desk
from survey.site import here
from survey.spelling import grouped


@dataclass(frozen=True, slots=True)
class Entrance:
    """How citizens come to a desk: its address, its code as it is typed, its picture."""

    name: str
    link: str
    code: str
    qr: Markup


def desk_of_the_unit(session: Session, key: str) -> Desk:
    """Return a desk of the unit of the address by its public key; 404 if it has none of that."""
    of_the_unit = select(Desk).where(col(Desk.unit_id) == unit().id, col(Desk.public_key) == key)
    return session.scalars(of_the_unit).one_or_none() or abort(404)


def entrance(desk: RatedDesk) -> Entrance:
    """Return how citizens come to a desk."""
    link = desk_link(desk, here().settings)
    # Drawn from the link alone, which is ours.
    drawing = Markup(qr_drawing(link))  # noqa: S704
    return Entrance(desk.name, link, grouped(desk.code), drawing)
