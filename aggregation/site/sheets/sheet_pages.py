"""Spreadsheets in and out: example and own rows down, a file up, a preview, and then all of it."""

import io

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug import Response as Answer

from aggregation.access.roles import Right
from aggregation.office.current_sheet import HANDED_OUT, current_sheet
from aggregation.office.sheet_template import SheetKind, template_table
from aggregation.office.take_in import columns_of
from aggregation.sheets.grid import LARGEST_FILE, SheetUnreadable
from aggregation.sheets.sheet_import import SheetRefused
from aggregation.sheets.written_sheet import Table, as_csv, as_workbook
from aggregation.site.guard import needs, unit, unit_today
from aggregation.site.sheets.checked_sheet import CheckedSheet, SealBroken
from aggregation.site.sheets.sheet_words import WORDS, UploadForm
from aggregation.site.sheets.taken_sheet import SheetMoved, confirm, preview
from aggregation.site.telling import tell
from survey.database import reading
from survey.language import worded
from survey.site import here

sheets = Blueprint("sheets", __name__)

CHECKED = "checked"
"""The field of the confirmation that carries the previewed file."""

MOST_SHOWN = 200
"""Lines of a preview, and complaints about a file, that one page shows."""

_OF_OFFICE = (SheetKind.UNITS, SheetKind.SERVICES, SheetKind.DESKS)
_OF_SET_UP = (*_OF_OFFICE, SheetKind.OFFICERS)
_OF_ROSTER = (SheetKind.DUTIES, SheetKind.VISITS)
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _any(*kinds: str) -> str:
    return f"/unit/<code>/lembar/<any({', '.join(kinds)}):kind>"


@sheets.route(_any(*_OF_SET_UP), methods=["GET", "POST"])
@needs(Right.SET_UP)
def upload(code: str, kind: str) -> Answer | str | tuple[str, int]:  # noqa: ARG001 - the guard's
    """Take in a sheet of what the office is made of."""
    return _answer(SheetKind(kind))


@sheets.route(_any(*_OF_ROSTER), methods=["GET", "POST"])
@needs(Right.KEEP_ROSTER)
def upload_roster(code: str, kind: str) -> Answer | str | tuple[str, int]:  # noqa: ARG001
    """Take in a sheet of duties or visits."""
    return _answer(SheetKind(kind))


@sheets.route(_any(SheetKind.RESPONSES), methods=["GET", "POST"])
@needs(Right.ENTER_PAPER)
def upload_responses(code: str, kind: str) -> Answer | str | tuple[str, int]:  # noqa: ARG001
    """Take in a sheet of paper questionnaires."""
    return _answer(SheetKind(kind))


@sheets.get("/unit/<code>/lembar/contoh/<any(" + ", ".join(SheetKind) + "):kind>.<ending>")
@needs(Right.SEE_UNIT)
def template(code: str, kind: str, ending: str) -> Response:  # noqa: ARG001
    """Hand out the example of a sheet; it names nobody there is."""
    return _file(template_table(SheetKind(kind)), f"contoh-{kind}", ending)


@sheets.get(_any(*_OF_OFFICE) + ".xlsx", defaults={"ending": "xlsx"})
@sheets.get(_any(*_OF_OFFICE) + ".csv", defaults={"ending": "csv"})
@needs(Right.SET_UP)
def download(code: str, kind: str, ending: str) -> Response:
    """Hand out the unit's own rows, to be changed and handed in again."""
    return _own_rows(code, SheetKind(kind), ending)


@sheets.get(_any(SheetKind.OFFICERS) + ".xlsx", defaults={"ending": "xlsx"})
@sheets.get(_any(SheetKind.OFFICERS) + ".csv", defaults={"ending": "csv"})
@needs(Right.SET_UP, names_people=True)
def download_officers(code: str, kind: str, ending: str) -> Response:
    """Hand out the unit's officers with their numbers."""
    return _own_rows(code, SheetKind(kind), ending)


@sheets.get(_any(*_OF_ROSTER) + ".xlsx", defaults={"ending": "xlsx"})
@sheets.get(_any(*_OF_ROSTER) + ".csv", defaults={"ending": "csv"})
@needs(Right.KEEP_ROSTER, names_people=True)
def download_roster(code: str, kind: str, ending: str) -> Response:
    """Hand out the duties in force and to come, or the visits of this month and the last."""
    return _own_rows(code, SheetKind(kind), ending)


def _answer(kind: SheetKind) -> Answer | str | tuple[str, int]:
    form = UploadForm.beginning_with(unit().element_order)
    if CHECKED in request.form:
        return _confirm(kind)
    if not form.is_submitted():
        return _page(kind, form)
    if not form.validate():
        return _page(kind, form), 422
    sent = form.file.data.read(LARGEST_FILE + 1)
    order = form.order.data if WORDS[kind.value].asks_order else ""
    return _look(kind, CheckedSheet(sent, form.reason.data or "", "", order or ""))


def _look(kind: SheetKind, sent: CheckedSheet, *, is_moved: bool = False) -> str | tuple[str, int]:
    """Show what a file would do."""
    try:
        seen = preview(kind, sent.data, sent.reason, sent.order)
    except SheetUnreadable as unreadable:
        return _page(kind, _with_error(str(unreadable))), 422
    except SheetRefused as refused:
        return _page(
            kind, UploadForm.beginning_with(sent.order or unit().element_order), refused
        ), 422
    return render_template(
        "aggregation/sheet_preview.html",
        words=WORDS[kind.value],
        seen=seen,
        most=MOST_SHOWN,
        is_moved=is_moved,
        back=_address(kind),
    )


def _confirm(kind: SheetKind) -> Answer | str | tuple[str, int]:
    """Do what was previewed; whatever has moved since is looked at again first."""
    try:
        outcome = confirm(kind, request.form[CHECKED])
    except SealBroken:
        text = worded("Pratinjau ini sudah tidak berlaku. Pilih berkasnya sekali lagi.")
        return _page(kind, _with_error(text)), 422
    except SheetMoved as moved:
        return _look(kind, moved.checked, is_moved=True)
    tell(
        worded("Tersimpan: %(added)s baru, %(changed)s berubah, %(unchanged)s tetap."),
        added=outcome.new,
        changed=len(outcome.changed),
        unchanged=outcome.unchanged,
    )
    return redirect(_shown_at(kind), 303)


def _with_error(text: str) -> UploadForm:
    form = UploadForm.beginning_with(unit().element_order)
    form.file.errors = [text]
    return form


def _page(kind: SheetKind, form: UploadForm, refused: SheetRefused | None = None) -> str:
    return render_template(
        "aggregation/sheet_upload.html",
        kind=kind,
        words=WORDS[kind.value],
        form=form,
        columns=_columns(kind),
        complaints=() if refused is None else refused.complaints,
        most=MOST_SHOWN,
        downloads=_downloads(kind),
        back=_shown_at(kind),
    )


def _columns(kind: SheetKind) -> list[tuple[str, str, bool]]:
    """Return the columns of the example: name, what stands there, whether it must be there."""
    header, *rows = template_table(kind)
    required = {column.name for column in columns_of(kind) if column.required}
    return [
        (name, next((row[place] for row in rows if row[place]), ""), name in required)
        for place, name in enumerate(header)
    ]


def _own_rows(code: str, kind: SheetKind, ending: str) -> Response:
    with reading(here().engine) as session:
        table = current_sheet(session, kind, unit().id, unit_today())
    return _file(table, f"{code}-{kind}", ending)


def _file(table: Table, name: str, ending: str) -> Response:
    if ending == "csv":
        data, mimetype = as_csv(table), "text/csv; charset=utf-8"
    else:
        data, mimetype = as_workbook(table, "Lembar"), _WORKBOOK
    shown = f"{name}.{'csv' if ending == 'csv' else 'xlsx'}"
    return send_file(io.BytesIO(data), mimetype, as_attachment=True, download_name=shown)


def _downloads(kind: SheetKind) -> str:
    """Return the endpoint that hands out the unit's own rows of a kind; "" where none does."""
    if kind not in HANDED_OUT:
        return ""
    if kind in _OF_ROSTER:
        return "sheets.download_roster"
    return "sheets.download_officers" if kind is SheetKind.OFFICERS else "sheets.download"


def _address(kind: SheetKind) -> str:
    takes_in = {SheetKind.RESPONSES: "sheets.upload_responses"} | dict.fromkeys(
        _OF_SET_UP, "sheets.upload"
    )
    endpoint = takes_in.get(kind, "sheets.upload_roster")
    return url_for(endpoint, code=unit().code, kind=kind.value)


def _shown_at(kind: SheetKind) -> str:
    return url_for(WORDS[kind.value].shown_at, code=unit().code)
