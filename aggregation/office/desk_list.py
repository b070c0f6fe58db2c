"""A unit's desks as its list shows them: what they give, and who is on duty today."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from aggregation.duties.duty_lines import HALL
from aggregation.duties.recorded_duties import duties_of_desks
from aggregation.duties.roster import who_served
from aggregation.people.officer_names import officer_names
from survey.models import Desk, DeskService, Service
from survey.month import HALF_HOURS_A_DAY, Month, midnight


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who serves at a desk on a day.

    Attributes
    ----------
    officers
        By time of duty.
    rostered
        Whether the desk's duties are known at all; if so, nobody today means nobody.
    """

    officers: tuple[str, ...] = ()
    rostered: bool = False


@dataclass(frozen=True, slots=True)
class ListedDesk:
    """A desk in the list.

    Attributes
    ----------
    key
        What addresses call it.
    services
        Names of those it names; none if it gives all of the unit's.
    """

    key: str
    code: str
    name: str
    kind: str
    active: bool
    services: tuple[str, ...]
    duty: OnDuty

    @property
    def is_hall(self) -> bool:
        """Whether it is nobody's duty."""
        return self.kind == HALL


def desks_to_list(
    unit_id: int, service_id: int | None = None, *, active: bool | None = None
) -> Select[Any]:
    """Return the statement of a unit's desks, of one service and state if told.

    A desk that names no services gives all of them.
    """
    statement = select(Desk).where(col(Desk.unit_id) == unit_id)
    if active is not None:
        statement = statement.where(col(Desk.active) == active)
    if service_id is not None:
        named = select(col(DeskService.service_id)).where(col(DeskService.desk_id) == col(Desk.id))
        gives = named.where(col(DeskService.service_id) == service_id)
        statement = statement.where(gives.exists() | ~named.exists())
    return statement


def has_mobile_team(session: Session, unit_id: int) -> bool:
    """Say whether a unit has a desk that goes to where people are."""
    mobile = select(col(Desk.id)).where(col(Desk.unit_id) == unit_id, col(Desk.kind) == "mobile")
    return session.execute(mobile.limit(1)).first() is not None


def listed_desks(session: Session, desks: Sequence[Desk], today: date) -> list[ListedDesk]:
    """Return desks of one unit with their services and who serves today."""
    ids = [desk.id or 0 for desk in desks]
    services = _services(session, ids)
    on_duty = _on_duty(session, desks[0].unit_id, ids, today) if desks else {}
    return [
        ListedDesk(
            key=desk.public_key,
            code=desk.code,
            name=desk.name,
            kind=desk.kind,
            active=desk.active,
            services=tuple(services[desk.id or 0]),
            duty=on_duty.get(desk.id or 0, OnDuty()),
        )
        for desk in desks
    ]


def _services(session: Session, desk_ids: Collection[int]) -> defaultdict[int, list[str]]:
    rows = session.execute(
        select(col(DeskService.desk_id), col(Service.name))
        .join(Service, col(Service.id) == col(DeskService.service_id))
        .where(col(DeskService.desk_id).in_(desk_ids), col(Service.active))
        .order_by(col(Service.id))
    )
    names: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows:
        names[row.desk_id].append(row.name)
    return names


def _on_duty(
    session: Session, unit_id: int, desk_ids: Collection[int], today: date
) -> dict[int, OnDuty]:
    month = Month.of(today)
    lines = duties_of_desks(session, unit_id, desk_ids, [month])
    begins = midnight(today)
    ends = begins + HALF_HOURS_A_DAY
    serving: defaultdict[int, dict[int, None]] = defaultdict(dict)
    for stretch in who_served(lines, month):
        if stretch.starts < ends and stretch.ends > begins:
            serving[stretch.desk_id][stretch.officer_id] = None
    names = officer_names(session, {id_ for officers in serving.values() for id_ in officers})
    return {
        desk_id: OnDuty(tuple(names[id_] for id_ in serving[desk_id]), rostered=True)
        for desk_id in {line.desk_id for line in lines}
    }
