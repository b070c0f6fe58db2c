"""What training would help, by group of desks and closed quarter, on a page and as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug import Response as Answer

from aggregation.access.roles import Right
from aggregation.appraisal.desk_groups import DeskGroup
from aggregation.appraisal.recognition import recognition
from aggregation.appraisal.training_needs import (
    GroupNeeds,
    NeedCell,
    TrainingNeeds,
    closed_quarters,
    training_needs,
)
from aggregation.months.period import Period
from aggregation.months.revisions import revisions
from aggregation.sheets.written_sheet import Table, as_csv, as_workbook
from aggregation.site.chosen import chosen
from aggregation.site.guard import may, needs, unit
from aggregation.site.recognition.training_words import TRAINING
from aggregation.site.telling import tell
from survey.database import reading
from survey.language import worded
from survey.questionnaire import ITEMS, ORDERS, Element, ElementOrder
from survey.site import here
from survey.spoken import spoken

training = Blueprint("training", __name__)

QUARTER = "triwulan"
_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_HEADER = (
    worded("Triwulan"),
    worded("Kelompok loket"),
    worded("Layanan"),
    worded("Unsur"),
    worded("Kuesioner lengkap"),
    worded("Rata-rata"),
    worded("Batas bawah"),
    worded("Batas atas"),
    worded("Perlu perhatian"),
    worded("Usulan pelatihan"),
)


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group of desks in words."""

    desks: str
    services: str
    needs: GroupNeeds


@training.get("/unit/<code>/pelatihan")
@needs(Right.RECOGNISE)
def needs_table(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """Show a quarter: the one that `triwulan` names, or the newest that is closed."""
    with reading(here().engine) as session:
        quarters = closed_quarters(session, unit().id)
        period = _chosen(quarters)
        found = None if period is None else _needs(session, period)
        is_help_supported = period is not None and _help_supported(session, period)
    return render_template(
        "aggregation/recognition/training.html",
        period=period,
        quarters=[(each.name, quarter_name(each)) for each in quarters],
        name=None if period is None else quarter_name(period),
        found=found,
        shown=[] if found is None else [_shown(each) for each in found.groups],
        is_help_supported=is_help_supported,
        items=ITEMS,
        order=_order(),
        training=TRAINING,
    )


@training.get("/unit/<code>/pelatihan/berkas/<any(csv,xlsx):kind>")
@needs(Right.RECOGNISE)
def file(code: str, kind: str) -> Answer:
    """Send the table of a quarter as a file for a training plan: the same cells as the page."""
    with reading(here().engine) as session:
        period = _chosen(closed_quarters(session, unit().id))
        found = None if period is None else _needs(session, period)
    if found is None:
        tell(worded("Belum ada tabel yang dapat diunduh."), "bad")
        return redirect(url_for("recognition.training.needs_table", code=code), 303)
    table, name = _table(found), found.period.name
    content = as_csv(table) if kind == "csv" else as_workbook(table, f"Pelatihan {name}")
    response = Response(content, mimetype=_TYPES[kind])
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"pelatihan-{code}-{name}.{kind}"
    )
    return response


def quarter_name(period: Period) -> str:
    """Write a quarter by its months: Juli sampai September 2026."""
    language = spoken()
    span = language.say(worded("%(first)s sampai %(last)s"))
    first, last = period.months[0], period.months[-1]
    return span % {"first": language.month(first), "last": language.month(last)}


def _chosen(quarters: Sequence[Period]) -> Period | None:
    return chosen(quarters, request.args.get(QUARTER), attrgetter("name"))


def _needs(session: Session, period: Period) -> TrainingNeeds | None:
    return training_needs(session, unit().id, period, _order())


def _order() -> Sequence[Element]:
    return ORDERS[ElementOrder(unit().element_order)]


def _help_supported(session: Session, period: Period) -> bool:
    """Say whether the quarter's last month speaks of somebody who needs help, to whom may know.

    Only who sees scores is told, and not of whom: the rest is a talk between two.
    """
    if not may(Right.SEE_SCORES):
        return False
    last = revisions(session, unit().id, period.months[-1], period.months[-1])[-1]
    return recognition(session, last).help_supported


def _shown(each: GroupNeeds) -> ShownGroup:
    return ShownGroup(_desks(each.group), _services(each.group), each)


def _desks(group: DeskGroup) -> str:
    language = spoken()
    names = ", ".join(group.desks) or language.say(worded("Loket tidak diketahui"))
    if not group.is_rest:
        return names
    return language.say(worded("Loket lain, digabung: %(names)s")) % {"names": names}


def _services(group: DeskGroup) -> str:
    language = spoken()
    if group.is_rest:
        return language.say(worded("Masing-masing terlalu sedikit untuk ditampilkan sendiri"))
    return ", ".join(group.services) or language.say(worded("Tanpa layanan tertentu"))


def _table(found: TrainingNeeds) -> Table:
    language = spoken()
    header = [language.say(label) for label in _HEADER]
    rows = [
        [found.period.name, _desks(each.group), _services(each.group), *_cells(each, cell)]
        for each in found.groups
        for cell in each.cells
    ]
    return [header, *rows]


def _cells(each: GroupNeeds, cell: NeedCell) -> list[str]:
    language = spoken()
    figures = [language.figure(value) for value in (cell.mean, cell.low, cell.high)]
    mark = [language.say(worded("ya")), language.say(TRAINING[cell.element])]
    name = language.say(ITEMS[cell.element].short)
    return [name, language.number(each.n), *figures, *(mark if cell.needs_attention else ["", ""])]
