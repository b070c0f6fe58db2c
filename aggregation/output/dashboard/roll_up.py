"""A branch as the sum of what its units released for one period (method §3, §9)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.method.questionnaire_counts import NO_QUESTIONNAIRES
from aggregation.months.period import Period
from aggregation.months.released_wholes import ReleasedWhole, released_wholes
from aggregation.output.dashboard.part import Cell, Column, Form, Part, Table
from aggregation.output.unit_month import Standing, standing
from survey.language import Language, worded
from survey.models import ClosedMonth, ServiceUnit
from survey.month import Month


@dataclass(frozen=True, slots=True)
class BranchUnit:
    """A unit of a branch; `depth` is 0 at its top."""

    id: int
    code: str
    name: str
    depth: int


@dataclass(frozen=True, slots=True)
class RolledUnit:
    """A unit beside its index, or why it has none."""

    unit: BranchUnit
    standing: Standing | None
    missing: str


@dataclass(frozen=True, slots=True)
class RollUp:
    """A branch in one period.

    Attributes
    ----------
    standing
        Of all units that are counted together; None if none is.
    rows
        Each unit in the order of the tree, never of indices.
    """

    standing: Standing | None
    rows: Sequence[RolledUnit]

    @property
    def counted(self) -> int:
        """How many units have figures."""
        return sum(row.standing is not None for row in self.rows)


def branch(session: Session, top: int, visible: Collection[int]) -> list[BranchUnit]:
    """Return a unit and those below it that may be seen, each before those below it, by name."""
    rows = session.execute(
        select(
            col(ServiceUnit.id),
            col(ServiceUnit.parent_id),
            col(ServiceUnit.code),
            col(ServiceUnit.name),
        )
        .where(col(ServiceUnit.id).in_(visible))
        .order_by(col(ServiceUnit.name), col(ServiceUnit.id))
    ).all()
    below: dict[int | None, list[tuple[int, str, str]]] = {}
    for id_, parent_id, code, name in rows:
        below.setdefault(parent_id, []).append((id_, code, name))
    [own] = [BranchUnit(id_, code, name, 0) for id_, _, code, name in rows if id_ == top]
    found, waiting = [], [own]
    while waiting:
        unit = waiting.pop()
        found.append(unit)
        children = below.pop(unit.id, [])
        waiting += [BranchUnit(*child, unit.depth + 1) for child in reversed(children)]
    return found


def roll_up(
    session: Session, units: Sequence[BranchUnit], period: Period, language: Language
) -> RollUp:
    """Return the sum of what units released for a period, with those that are missing."""
    ids = [unit.id for unit in units]
    found = {
        unit_id: whole
        for (unit_id, _), whole in released_wholes(session, ids, [period.name]).items()
    }
    shown = [whole.counts for whole in found.values() if whole.counts is not None]
    closed = _closed(session, ids)
    rows = [
        _row(unit, found.get(unit.id), period, closed.get(unit.id, frozenset()), language)
        for unit in units
    ]
    return RollUp(standing(sum(shown, start=NO_QUESTIONNAIRES)), rows)


def roll_up_part(found: RollUp, language: Language) -> Part:
    """Return the branch as a table, in the order of the tree."""
    columns = [
        Column(language.say(worded("Unit")), Form.TEXT),
        Column(language.say(worded("Kuesioner lengkap"))),
        Column(language.say(worded("IKM"))),
        Column(language.say(worded("Batas bawah 95%"))),
        Column(language.say(worded("Batas atas 95%"))),
        Column(language.say(worded("Keterangan")), Form.TEXT),
    ]
    said = language.say(worded("%(counted)s dari %(units)s unit sudah masuk hitungan"))
    return Part(
        name="gabungan",
        reading=said % {"counted": found.counted, "units": len(found.rows)},
        caption=language.say(
            worded("Jumlah yang dirilis setiap unit, menurut susunan unit; ini bukan peringkat.")
        ),
        label="",
        table=Table(
            language.say(worded("IKM per unit")), columns, [_cells(row) for row in found.rows]
        ),
    )


def _cells(row: RolledUnit) -> tuple[Cell, ...]:
    if row.standing is None:
        return (row.unit.name, *("–",) * 4, row.missing)
    index, interval = row.standing.index, row.standing.interval
    return (row.unit.name, index.n, index.index, interval.low, interval.high, "–")


def _row(
    unit: BranchUnit,
    whole: ReleasedWhole | None,
    period: Period,
    closed: Collection[Month],
    language: Language,
) -> RolledUnit:
    if whole is not None and whole.counts is not None:
        return RolledUnit(unit, standing(whole.counts), "")
    if whole is not None:
        return RolledUnit(unit, None, language.say(worded("kurang dari 10 kuesioner")))
    if not closed:
        return RolledUnit(unit, None, language.say(worded("belum punya bulan yang ditutup")))
    waits = [language.month(month) for month in period.months if month not in closed]
    if not waits:
        return RolledUnit(unit, None, language.say(worded("belum dirilis")))
    said = language.say(worded("belum ditutup: %(months)s"))
    return RolledUnit(unit, None, said % {"months": ", ".join(waits)})


def _closed(session: Session, ids: Collection[int]) -> Mapping[int, set[Month]]:
    closed: dict[int, set[Month]] = {}
    for unit_id, month in session.execute(
        select(col(ClosedMonth.unit_id), col(ClosedMonth.month)).where(
            col(ClosedMonth.unit_id).in_(ids)
        )
    ):
        closed.setdefault(unit_id, set()).add(month)
    return closed
