"""Groups of desks that give the same services, and the rest that is too small to stand alone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.method.questionnaire_counts import NO_QUESTIONNAIRES, QuestionnaireCounts
from survey.models import Desk, DeskService, Service


@dataclass(frozen=True, slots=True)
class DeskGroup:
    """Desks that are looked at together.

    Attributes
    ----------
    services
        Names of the services that each of them gives; none if they are of different kinds.
    desks
        Their names in the order of codes; none for responses whose desk is not known.
    is_rest
        Whether it joins desks that are too small to be shown, whatever they give.
    """

    services: tuple[str, ...]
    desks: tuple[str, ...]
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class KnownDesk:
    """A desk of the unit, with the names of its services in order."""

    code: str
    name: str
    services: tuple[str, ...]


Desks = Mapping[int | None, KnownDesk]
NOWHERE = KnownDesk("", "", ())
"""Where the desk is not known."""


def known_desks(session: Session, unit_id: int) -> Desks:
    """Return a unit's desks, those that serve no longer too."""
    given: dict[int, list[str]] = {}
    for desk_id, service in session.execute(
        select(col(DeskService.desk_id), col(Service.name))
        .join(Service, col(Service.id) == col(DeskService.service_id))
        .where(col(DeskService.unit_id) == unit_id)
        .order_by(col(Service.name), col(Service.id))
    ):
        given.setdefault(desk_id, []).append(service)
    return {
        desk.id: KnownDesk(desk.code, desk.name, tuple(given.get(desk.id or 0, ())))
        for desk in session.scalars(select(Desk).where(col(Desk.unit_id) == unit_id))
    }


def released_groups(
    cells: Mapping[int | None, QuestionnaireCounts | None],
    whole: QuestionnaireCounts,
    desks: Desks,
) -> dict[DeskGroup, QuestionnaireCounts]:
    """Return the counts of each group of desks, the rest last.

    Parameters
    ----------
    cells
        The cut by desk as it was released; nothing if all of it was withheld.
    whole
        All of them together.

    Notes
    -----
    A group is the sum of those of its desks that the cut by desk shows. The hidden ones, which
    that cut already makes ten people or more in ways that cannot be told apart, are one rest. So
    whoever knows the groups knows nothing that is not in the cut by desk, also when services move
    from desk to desk and the groups become others.
    """
    shown = {desk: counts for desk, counts in cells.items() if counts is not None}
    members: dict[tuple[str, ...], list[int | None]] = {}
    for desk in sorted(shown, key=lambda each: _order(desks.get(each, NOWHERE))):
        members.setdefault(desks.get(desk, NOWHERE).services, []).append(desk)
    found = {
        DeskGroup(services, _names(group, desks)): _sum(shown, group)
        for services, group in members.items()
    }
    rest = whole - _sum(shown, shown)
    if rest.n:
        hidden = sorted(cells.keys() - shown, key=lambda each: _order(desks.get(each, NOWHERE)))
        found[DeskGroup((), _names(hidden, desks), is_rest=True)] = rest
    return found


def _order(desk: KnownDesk) -> tuple[bool, str]:
    return desk is NOWHERE, desk.code


def _names(group: Collection[int | None], desks: Desks) -> tuple[str, ...]:
    return tuple(desks[each].name for each in group if each in desks)


def _sum(
    counts: Mapping[int | None, QuestionnaireCounts], group: Collection[int | None]
) -> QuestionnaireCounts:
    return sum((counts[each] for each in group), start=NO_QUESTIONNAIRES)
