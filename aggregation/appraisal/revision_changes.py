"""What a revision changes, officer by officer: before it is written, and read back afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.closings import Closing, OfficerFigure
from aggregation.method.evidence import Basis
from aggregation.months.figure_rows import Row, number
from aggregation.months.revision import RevisionDraft
from aggregation.months.revisions import revision_of, revisions
from aggregation.people.officer_names import officer_names
from survey.month import Month


@dataclass(frozen=True, slots=True)
class Worth:
    """An officer's figures before or after; numbers only where they are publishable.

    Attributes
    ----------
    index
        The shrunk index, 25.00 to 100.00.
    """

    n: int
    basis: Basis
    index: Decimal | None
    value: Decimal | None
    proposal: str | None


@dataclass(frozen=True, slots=True)
class OfficerChange:
    """An officer whose figures move; `before` is None for somebody who had no row."""

    officer_id: int
    name: str
    before: Worth | None
    after: Worth


@dataclass(frozen=True, slots=True)
class MonthChange:
    """What a revision does to one month.

    Attributes
    ----------
    revision
        The number of the new one.
    responses_before, responses_after
        That enter the figures of the month.
    stays
        How many officers' figures are taken over unchanged.
    """

    month: Month
    revision: int
    responses_before: int
    responses_after: int
    officers: Sequence[OfficerChange]
    stays: int


def changes_of_draft(session: Session, draft: RevisionDraft) -> list[MonthChange]:
    """Return what a drafted revision would change, the month itself first."""
    names = officer_names(session, draft.moved_officers())
    return [
        MonthChange(
            each.base.month,
            each.revision,
            each.base.responses,
            each.responses,
            _in_order(
                OfficerChange(
                    moved.officer_id,
                    names[moved.officer_id],
                    None if moved.before is None else _worth(moved.before),
                    _worth(moved.after),
                )
                for moved in each.moved
            ),
            len(each.rows[OfficerFigure]) - len(each.moved),
        )
        for each in draft.months
    ]


def changes_made(session: Session, closing: Closing) -> list[MonthChange]:
    """Return what a revision changed, the month itself first, then those that followed it."""
    followed = [
        each
        for each in revisions(session, closing.unit_id, since=closing.month.shift(1))
        if each.revision and (each.closed_at, each.reason) == (closing.closed_at, closing.reason)
    ]
    return [_made(session, each) for each in (closing, *followed)]


def _made(session: Session, closing: Closing) -> MonthChange:
    earlier = revision_of(session, closing, closing.revision - 1)
    before, after = _figures(session, earlier), _figures(session, closing)
    moved = [row for row in after.values() if row["computed_in"] == closing.revision]
    names = officer_names(session, {row["officer_id"] for row in moved})
    was = ((row, before.get(row["officer_id"])) for row in moved)
    return MonthChange(
        closing.month,
        closing.revision,
        earlier.responses,
        closing.responses,
        _in_order(
            OfficerChange(
                row["officer_id"],
                names[row["officer_id"]],
                _worth(old) if old else None,
                _worth(row),
            )
            for row, old in was
        ),
        len(after) - len(moved),
    )


def _figures(session: Session, closing: Closing) -> dict[int, Row]:
    rows = session.scalars(select(OfficerFigure).where(col(OfficerFigure.closing_id) == closing.id))
    return {row.officer_id: row.model_dump() for row in rows}


def _worth(row: Row) -> Worth:
    basis = Basis(row["basis"])
    shown = basis is Basis.PUBLISHABLE
    return Worth(
        row["n"],
        basis,
        number(row["index_shrunk"]) if shown else None,
        number(row["component_value"]) if shown else None,
        row["proposal"] if shown else None,
    )


def _in_order(changes: Iterable[OfficerChange]) -> list[OfficerChange]:
    return sorted(changes, key=lambda each: (each.name, each.officer_id))
