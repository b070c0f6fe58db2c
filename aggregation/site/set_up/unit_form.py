"""Adding a unit, and changing it: where it stands, its clock, its languages, its colour."""

from flask import Blueprint, redirect, render_template, url_for
from sqlmodel import Session, col, select
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.office.codes import CodeInUse, NotACode
from aggregation.office.unit_edits import BelowItself, branch, change_unit, open_unit
from aggregation.site.guard import cause, me, needs, unit
from aggregation.site.set_up.unit_fields import TOP, EditUnitForm, NewUnitForm, ParentChoices
from aggregation.site.telling import complain, tell
from survey.accent import AccentUnreadable
from survey.colour import NotAColour
from survey.database import reading, writing
from survey.language import worded
from survey.models import ServiceUnit
from survey.opening_hours import read_hours
from survey.set_up import TimeZoneInUse, has_responses
from survey.site import here
from survey.spoken import spoken

unit_form = Blueprint("unit_form", __name__)

Answer = str | tuple[str, int] | Response
_FIRST_ZONE = "Asia/Jakarta"


@unit_form.route("/unit/baru", methods=["GET", "POST"])
@needs(Right.SET_UP)
def add() -> Answer:
    """Add a unit: at the top for those who may set up everywhere, else within one's branch."""
    form = NewUnitForm()
    with reading(here().engine) as session:
        parents = _parents(session, top=me().scope.may_everywhere(Right.SET_UP))
    form.offer(parents, _FIRST_ZONE, here().settings.languages)
    form.offer_services()
    if form.validate_on_submit() and (code := _opened(form)):
        tell(worded("%(name)s sudah ditambahkan."), name=form.name.data)
        return redirect(url_for("set_up.guide", code=code), 303)
    page = render_template("aggregation/unit_new.html", form=form, is_first=parents == [_top()])
    return (page, 422) if form.is_submitted() else page


@unit_form.route("/unit/<code>/ubah", methods=["GET", "POST"])
@needs(Right.SET_UP)
def edit(code: str) -> Answer:
    """Change a unit; its code never."""
    form = EditUnitForm()
    with reading(here().engine) as session:
        may_move = _may_move()
        row = session.get_one(ServiceUnit, unit().id)
        may_change_zone = not has_responses(session, row)
        hours = read_hours(row.opening_hours)
        parents = _parents(session, top=may_move and _may_be_top(), without=unit().id)
    form.offer(parents, unit().time_zone, unit().languages)
    form.fill(unit(), hours)
    form.settle(may_move=may_move, may_change_zone=may_change_zone)
    if form.validate_on_submit() and _changed(form):
        return redirect(url_for("unit_form.edit", code=code), 303)
    page = render_template("aggregation/unit_edit.html", form=form)
    return (page, 422) if form.is_submitted() else page


def _opened(form: NewUnitForm) -> str | None:
    """Add the unit and return its code; None with the reason beside the field."""
    try:
        with writing(here().engine) as session:
            added = open_unit(
                session, form.code.data or "", form.facts(), form.chosen_services(), cause()
            )
            return added.code
    except NotACode:
        complain(form.code, worded("Pakai huruf, angka, dan tanda hubung saja."))
    except CodeInUse as taken:
        sentence = worded("“%(code)s” sudah dipakai unit lain. Pakai kode lain, misalnya %(free)s.")
        complain(form.code, sentence, code=str(taken), free=taken.free)
    return None


def _changed(form: EditUnitForm) -> bool:
    """Change the unit and tell; False with the reason beside the field."""
    try:
        with writing(here().engine) as session:
            closed = change_unit(session, unit().id, form.facts(unit()), cause())
    except BelowItself:
        complain(form.parent, worded("Unit tidak dapat menjadi bawahan dirinya sendiri."))
    except TimeZoneInUse:
        complain(form.zone, worded("Sudah ada penilaian, jadi zona waktunya tetap."))
    except AccentUnreadable as refused:
        sentence = worded(
            "Warna ini terlalu terang untuk dibaca. Yang terdekat dan terbaca: %(nearest)s."
        )
        complain(form.accent, sentence, nearest=refused.nearest)
    except NotAColour:
        complain(form.accent, worded("Pilih warna dari kotak warna."))
    else:
        _tell_of(form.name.data, closed)
        return True
    return False


def _tell_of(name: str, closed: int) -> None:
    if closed:
        sentence = worded("%(name)s dinonaktifkan dan %(desks)s loketnya ditutup.")
        tell(sentence, name=name, desks=spoken().number(closed))
    else:
        tell(worded("%(name)s sudah disimpan."), name=name)


def _may_be_top() -> bool:
    return me().scope.may_everywhere(Right.SET_UP)


def _may_move() -> bool:
    """Say whether the unit may leave where it stands: it would leave its parent's branch."""
    parent = unit().parent_id
    return _may_be_top() or (parent is not None and me().scope.may(Right.SET_UP, parent))


def _parents(session: Session, *, top: bool, without: int | None = None) -> ParentChoices:
    """Return the units that one may stand below, and the top if one may stand there."""
    allowed = me().scope.units(Right.SET_UP)
    if without is not None:
        allowed -= branch(session, without)
    rows = session.exec(
        select(ServiceUnit.id, ServiceUnit.name).order_by(ServiceUnit.name, col(ServiceUnit.id))
    )
    units = [(id_ or 0, name) for id_, name in rows if id_ in allowed]
    return [_top(), *units] if top else units


def _top() -> tuple[int, str]:
    return TOP, spoken().say(worded("Tanpa unit induk"))
