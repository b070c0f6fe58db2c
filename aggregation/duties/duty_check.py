"""What to look at in a month's duties before it is closed (method §8.1)."""

from dataclasses import dataclass

from sqlmodel import Session

from aggregation.duties.duty_lines import HALL
from aggregation.duties.recorded_duties import duties_of
from aggregation.duties.roster import Gap, Overlap, gaps, overlaps
from aggregation.people.officer_names import officer_names
from aggregation.sheets.calendar_cells import clock, weekday_name
from survey.month import HALF_HOURS_A_DAY, HalfHour, Month, starts
from survey.set_up import desks_by_code


@dataclass(frozen=True, slots=True)
class DutyCheck:
    """What a check of a month's duties finds, each in one line of Indonesian.

    Attributes
    ----------
    overlaps
        Half hours with more than one officer: their responses would count for nobody. An error,
        because somebody who served goes without what citizens said.
    gaps
        Half hours in which a desk is usually served and nobody is: to be known, no error.
    declared
        Gaps that an exception declares, such as holidays.
    without_duty
        Desks in use, by code, that nobody is rostered at in the whole month.
    """

    overlaps: tuple[str, ...]
    gaps: tuple[str, ...]
    declared: tuple[str, ...]
    without_duty: tuple[str, ...]


def check_duties(session: Session, unit_id: int, month: Month) -> DutyCheck:
    """Return gaps and overlaps of a unit's duties in a month."""
    lines = duties_of(session, unit_id, month)
    desks = desks_by_code(session, unit_id)
    codes = {desk.id or 0: code for code, desk in desks.items()}
    served = {line.desk_id for line in lines}
    found = gaps(lines, month)
    return DutyCheck(
        overlaps=tuple(
            f"{_place(codes, overlap)}: {_names(session, overlap)}"
            for overlap in overlaps(lines, month)
        ),
        gaps=tuple(_place(codes, gap) for gap in found if not gap.declared),
        declared=tuple(_place(codes, gap) for gap in found if gap.declared),
        without_duty=tuple(
            code
            for code, desk in desks.items()
            if desk.active and desk.kind != HALL and desk.id not in served
        ),
    )


def _place(codes: dict[int, str], stretch: Gap | Overlap) -> str:
    return f"{codes[stretch.desk_id]} {shown_stretch(stretch.starts, stretch.ends)}"


def shown_stretch(begins: HalfHour, ends: HalfHour) -> str:
    """Write half hours [begins, ends) as day and hours; over midnight with both days.

    Examples
    --------
    >>> from datetime import date
    >>> from survey.month import midnight
    >>> monday = midnight(date(2026, 10, 5))
    >>> shown_stretch(monday + 22, monday + 24)
    'Senin 2026-10-05 11.00–12.00'
    """
    first, last = starts(begins), starts(HalfHour(ends - 1))
    end = clock((ends - 1) % HALF_HOURS_A_DAY + 1)
    until = end if first.date() == last.date() else f"{last.date()} {end}"
    day = f"{weekday_name(first.isoweekday())} {first.date()}"
    return f"{day} {clock(begins % HALF_HOURS_A_DAY)}–{until}"


def _names(session: Session, overlap: Overlap) -> str:
    return ", ".join(sorted(officer_names(session, overlap.officer_ids).values()))
