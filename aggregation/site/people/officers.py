"""A unit's officers: the list, one officer with all placements, adding, changing, stopping."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, Select, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.duties.unplaced import unplaced_officers
from aggregation.models import Officer
from aggregation.people.known_cells import known_cells, suggested_superiors
from aggregation.people.nip import masked, printed
from aggregation.people.officer_changes import (
    NotServing,
    SavedOfficer,
    officer_of,
    save_officer,
    stop_serving,
)
from aggregation.people.unit_officers import SERVING, history_of, job_groups, unit_officers
from aggregation.sheets.calendar_cells import read_day
from aggregation.sheets.cells import BadCell
from aggregation.sheets.sheet_import import SheetRefused
from aggregation.site.guard import cause, may, needs, unit, unit_today
from aggregation.site.listing import Listing, listed
from aggregation.site.people.officer_form import (
    EMPLOYMENTS,
    FIELDS,
    OfficerForm,
    StopForm,
    sentence,
)
from aggregation.site.telling import tell
from survey.database import reading, writing
from survey.language import worded
from survey.site import here
from survey.spoken import spoken

officers = Blueprint("officers", __name__)

_SERVES = {"ya": True, "tidak": False}
_FILTERS = ("status", "jabatan", "tugas")
_EMPLOYED = {"PNS": "PNS", "PPPK": "PPPK", "NON ASN": "NON_ASN"}
"""Word of the form to what is kept."""


@officers.get("/unit/<code>/petugas")
@needs(Right.SEE_ROSTER, names_people=True)
def all_officers(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List the unit's officers with where each belongs today."""
    today = unit_today()
    with reading(here().engine) as session:
        listing = _listing(session, today)
        groups = job_groups(session, unit().id)
        unplaced = unplaced_officers(session, unit().id, today)
    return render_template(
        "aggregation/officers.html",
        listing=listing,
        groups=[(group, group) for group in groups],
        unplaced=unplaced,
        employments=EMPLOYMENTS,
        nip=_shown_nip,
    )


@officers.route("/unit/<code>/petugas/baru", methods=["GET", "POST"])
@needs(Right.SET_UP, names_people=True)
def add(code: str) -> Response | str | tuple[str, int]:  # noqa: ARG001
    """Add an officer."""
    form = OfficerForm()
    if form.is_submitted():
        return _saved(form, None)
    form.starts_on.data = str(unit_today())
    return _form_page(form, None)


@officers.get("/unit/<code>/petugas/<key>")
@needs(Right.SEE_ROSTER, names_people=True)
def officer(code: str, key: str) -> str:  # noqa: ARG001
    """Show an officer and all placements in the unit."""
    return _officer_page(key, StopForm(formdata=None))


@officers.route("/unit/<code>/petugas/<key>/ubah", methods=["GET", "POST"])
@needs(Right.SET_UP, names_people=True)
def edit(code: str, key: str) -> Response | str | tuple[str, int]:  # noqa: ARG001
    """Change who an officer is, or where the officer belongs."""
    form = OfficerForm()
    if form.is_submitted():
        return _saved(form, key)
    with reading(here().engine) as session:
        cells = known_cells(session, unit().id, _officer(session, key), unit_today())
    for field, column in FIELDS.items():
        form[field].data = cells.get(column, "")
    return _form_page(form, key)


@officers.post("/unit/<code>/petugas/<key>/berhenti")
@needs(Right.SET_UP, names_people=True)
def stop(code: str, key: str) -> Response | tuple[str, int]:
    """End an officer's service in the unit with a day."""
    form = StopForm()
    if not form.validate():
        return _officer_page(key, form), 422
    try:
        last_day = read_day(form.last_day.data or "")
        with writing(here().engine) as session:
            who = _officer(session, key)
            stop_serving(session, unit().id, who, last_day, cause(form.stop_reason.data or ""))
            name = who.name
    except BadCell as bad:
        form.last_day.errors = [sentence(str(bad))]
        return _officer_page(key, form), 422
    except NotServing:
        text = worded("Petugas ini tidak bertugas di sini pada hari itu. Periksa riwayatnya.")
        form.last_day.errors = [text]
        return _officer_page(key, form), 422
    tell(
        worded("%(name)s bertugas di unit ini sampai %(day)s. Sesudah itu keluarkan dari jadwal."),
        name=name,
        day=spoken().day(last_day),
    )
    return redirect(url_for("officers.officer", code=code, key=key), 303)


def _listing(session: Session, today: date) -> Listing[Any]:
    return listed(
        session,
        _filtered(unit_officers(unit().id, today)),
        sorts={
            "nama": (col(Officer.name), col(Officer.id)),
            "nomor": (func.coalesce(col(Officer.staff_number), ""), col(Officer.id)),
            "status": (col(Officer.employment), col(Officer.name), col(Officer.id)),
        },
        search_in=(col(Officer.name), func.coalesce(col(Officer.staff_number), "")),
        filters=_FILTERS,
    )


def _filtered(statement: Select[Any]) -> Select[Any]:
    """Return the statement with what the address asks for beside words."""
    columns = statement.selected_columns
    asked: list[ColumnElement[bool]] = []
    if (employment := _EMPLOYED.get(request.args.get("status", ""))) is not None:
        asked.append(columns.employment == employment)
    if group := request.args.get("jabatan"):
        asked.append(columns.job_group == group)
    if (serving := request.args.get("tugas")) in _SERVES:
        asked.append((columns.state == SERVING) == _SERVES[serving])
    return statement.where(*asked)


def _officer_page(key: str, form: StopForm) -> str:
    today = unit_today()
    with reading(here().engine) as session:
        who = _officer(session, key)
        asked = unit_officers(unit().id, today).where(col(Officer.id) == who.id)
        row = session.execute(asked).one()
        history = history_of(session, unit().id, who.id or 0)
    return render_template(
        "aggregation/officer.html",
        row=row,
        history=history,
        form=form,
        nip=_shown_nip,
        day_of=unit().day_of,
    )


def _saved(form: OfficerForm, key: str | None) -> Response | str | tuple[str, int]:
    """Save what was typed; what is wrong stands beside its field."""
    saved: SavedOfficer | None = None
    if form.validate():
        try:
            with writing(here().engine) as session:
                who = None if key is None else _officer(session, key)
                reason = cause(form.reason.data or "")
                saved = save_officer(session, unit().id, form.cells(), reason, who)
        except SheetRefused as refused:
            form.show(refused)
        except IntegrityError:
            taken = worded("Nomor ini baru saja dipakai orang lain. Periksa, lalu simpan lagi.")
            form.form_errors.append(taken)
    if saved is None:
        return _form_page(form, key), 422
    _tell_saved(saved)
    return redirect(url_for("officers.officer", code=unit().code, key=saved.key), 303)


def _tell_saved(saved: SavedOfficer) -> None:
    if saved.is_changed:
        tell(worded("%(name)s disimpan."), name=saved.name)
    else:
        tell(
            worded("Tidak ada yang berubah: %(name)s sudah tercatat seperti ini."), name=saved.name
        )
    for warning in saved.warnings:
        text = worded("Perlu dilihat lagi: %(column)s %(text)s.")
        tell(text, "warn", column=warning.column, text=warning.text)


def _form_page(form: OfficerForm, key: str | None) -> str:
    with reading(here().engine) as session:
        who = None if key is None else _officer(session, key)
        return render_template(
            "aggregation/officer_form.html",
            form=form,
            who=who,
            groups=job_groups(session, unit().id),
            superiors=suggested_superiors(session, unit().id),
        )


def _officer(session: Session, key: str) -> Officer:
    return officer_of(session, unit().id, key) or abort(404)


def _shown_nip(nip: str | None) -> str:
    """Write a NIP: all of it for those who set the unit up, its end for everybody else."""
    if nip is None:
        return ""
    return printed(nip) if may(Right.SET_UP) else masked(nip)
