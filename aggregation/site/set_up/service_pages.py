"""A unit's services: their list, adding one, changing one."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlmodel import Session, col
from werkzeug import Response
from wtforms import BooleanField, StringField

from aggregation.access.roles import Right
from aggregation.office.codes import LONGEST_CODE, CodeInUse, NotACode
from aggregation.office.service_edits import change_service, open_service, open_services
from aggregation.office.services import LONGEST_NAME
from aggregation.site.guard import cause, needs, unit
from aggregation.site.listing import Listing, listed
from aggregation.site.set_up.set_up_fields import AtMost, line
from aggregation.site.telling import complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.models import Service
from survey.services import DISDUKCAPIL, NamedService
from survey.site import here
from survey.spoken import spoken

services = Blueprint("services", __name__)

Answer = str | tuple[str, int] | Response
_SORTS = {
    "urutan": (col(Service.id),),
    "nama": (col(Service.name), col(Service.id)),
    "kode": (col(Service.code), col(Service.id)),
}


class _ServiceForm(FlaskForm):  # type: ignore[misc]
    name = line(
        worded("Nama layanan"),
        LONGEST_NAME,
        missing=worded("Isi nama layanan."),
        hint=worded("Seperti yang dikenal warga, misalnya Kartu Keluarga."),
    )


class NewServiceForm(_ServiceForm):
    """A service that is yet to be."""

    code = StringField(
        worded("Kode layanan"),
        [AtMost(LONGEST_CODE)],
        description=worded("Kosongkan agar dibuat dari nama. Kode tidak dapat diganti."),
    )


class EditServiceForm(_ServiceForm):
    """A service that is there."""

    active = BooleanField(worded("Layanan ini masih diberikan"))


@services.get("/unit/<code>/layanan")
@needs(Right.SET_UP)
def all_services(code: str) -> Answer:  # noqa: ARG001 - the guard has looked it up
    """Show a unit's services, and a form for another one."""
    return _page(NewServiceForm())


@services.post("/unit/<code>/layanan")
@needs(Right.SET_UP)
def add(code: str) -> Answer:
    """Add a service."""
    form = NewServiceForm()
    if form.validate() and _opened(form):
        tell(worded("%(name)s sudah ditambahkan."), name=form.name.data)
        return redirect(url_for("services.all_services", code=code), 303)
    return _page(form), 422


@services.post("/unit/<code>/layanan/disdukcapil")
@needs(Right.SET_UP)
def take_preset(code: str) -> Answer:
    """Add what an office of civil registration gives, as far as the unit lacks it."""
    with writing(here().engine) as session:
        added = open_services(session, unit().id, DISDUKCAPIL, cause())
    tell(worded("%(count)s layanan sudah ditambahkan."), count=spoken().number(added))
    return redirect(url_for("services.all_services", code=code), 303)


@services.route("/unit/<code>/layanan/<int(max=2147483647):service>", methods=["GET", "POST"])
@needs(Right.SET_UP)
def edit(code: str, service: int) -> Answer:
    """Rename a service, or switch it on or off; its code never changes."""
    with reading(here().engine) as session:
        found = _named(session, service)
        form = EditServiceForm(data={"name": found.name, "active": found.active})
        known = NamedService(found.code, found.name)
    if form.validate_on_submit():
        with writing(here().engine) as session:
            change_service(
                session,
                _named(session, service),
                form.name.data,
                active=form.active.data,
                cause=cause(),
            )
        tell(worded("%(name)s sudah disimpan."), name=form.name.data)
        return redirect(url_for("services.all_services", code=code), 303)
    page = render_template("aggregation/service.html", form=form, service=known)
    return (page, 422) if form.is_submitted() else page


def _opened(form: NewServiceForm) -> bool:
    """Add the service; False with the reason beside the field."""
    try:
        with writing(here().engine) as session:
            open_service(session, unit().id, form.code.data or "", form.name.data, cause())
    except NotACode:
        complain(form.code, worded("Pakai huruf, angka, dan tanda hubung saja."))
    except CodeInUse as taken:
        sentence = worded("“%(code)s” sudah ada di unit ini. Pakai kode lain, misalnya %(free)s.")
        complain(form.code, sentence, code=str(taken), free=taken.free)
    else:
        return True
    return False


def _page(form: NewServiceForm) -> str:
    with reading(here().engine) as session:
        return render_template("aggregation/services.html", form=form, listing=_listing(session))


def _listing(session: Session) -> Listing[tuple[Service]]:
    of_the_unit = select(Service).where(col(Service.unit_id) == unit().id)
    return listed(
        session, of_the_unit, sorts=_SORTS, search_in=(col(Service.name), col(Service.code))
    )


def _named(session: Session, service_id: int) -> Service:
    """Return a service of the unit of the address; 404 if it has none of that key."""
    of_the_unit = select(Service).where(
        col(Service.unit_id) == unit().id, col(Service.id) == service_id
    )
    return session.scalars(of_the_unit).one_or_none() or abort(404)
