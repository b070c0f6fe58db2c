"""A unit's desks: their list with who is on duty, adding one, changing one."""

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import Session, col
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.office.desk_edits import (
    DeskNameInUse,
    ResponsesWouldMove,
    UnitSwitchedOff,
    change_desk,
    open_desk,
)
from aggregation.office.desk_list import desks_to_list, has_mobile_team, listed_desks
from aggregation.site.guard import cause, needs, unit, unit_today
from aggregation.site.listing import Listing, listed
from aggregation.site.set_up.desk_fields import (
    KINDS,
    EditDeskForm,
    NewDeskForm,
    ServiceChoices,
    now,
    services_to_offer,
)
from aggregation.site.set_up.named_desk import desk_of_the_unit, entrance
from aggregation.site.set_up.printing import parts_to_print
from aggregation.site.telling import tell
from kiosk.posters import PosterKind
from survey.database import reading, writing
from survey.desks import desk_by_id
from survey.language import worded
from survey.models import Desk
from survey.site import here

desks = Blueprint("desks", __name__)

Answer = str | tuple[str, int] | Response
SERVICE, STATE = "layanan", "keadaan"
STATES = {"buka": True, "tutup": False}
_REFUSALS = (DeskNameInUse, ResponsesWouldMove, UnitSwitchedOff)
SHOWN_AT_ONCE = 4
"""Services whose boxes stand open beside the list; the others fold away."""

_SORTS = {
    "urutan": (col(Desk.id),),
    "nama": (col(Desk.name), col(Desk.id)),
    "kode": (col(Desk.code), col(Desk.id)),
}


@desks.get("/unit/<code>/loket")
@needs(Right.SET_UP, names_people=True)
def all_desks(code: str) -> Answer:  # noqa: ARG001 - the guard has looked it up
    """Show a unit's desks, and a form for another one."""
    form = NewDeskForm()
    if request.args.get("jenis") in KINDS:
        form.kind.data = request.args["jenis"]
    return _page(form)


@desks.post("/unit/<code>/loket")
@needs(Right.SET_UP)
def add(code: str) -> Answer:
    """Add a desk."""
    form = NewDeskForm()
    with reading(here().engine) as session:
        form.offer(services_to_offer(session, unit().id))
    if form.validate():
        try:
            with writing(here().engine) as session:
                open_desk(session, unit().id, form.facts(), cause())
        except _REFUSALS as reason:
            form.refuse(reason)
        else:
            tell(worded("%(name)s sudah ditambahkan."), name=form.name.data)
            return redirect(url_for("desks.all_desks", code=code), 303)
    return _page(form), 422


@desks.route("/unit/<code>/loket/<desk>", methods=["GET", "POST"])
@needs(Right.SET_UP)
def edit(code: str, desk: str) -> Answer:
    """Change a desk; its codes never: they are printed, and in sheets."""
    with reading(here().engine) as session:
        found = desk_of_the_unit(session, desk)
        form = EditDeskForm(data=now(session, found))
        form.offer(services_to_offer(session, unit().id, found.id or 0))
        rated = desk_by_id(session.connection(), found.id or 0, here().settings.key("desk"))
        sheet_code = found.code
    if form.validate_on_submit() and _changed(form, desk):
        return redirect(url_for("desks.edit", code=code, desk=desk), 303)
    page = render_template(
        "aggregation/desk.html",
        form=form,
        entrance=entrance(rated),
        key=desk,
        sheet_code=sheet_code,
        poster_kinds=PosterKind,
    )
    return (page, 422) if form.is_submitted() else page


def _changed(form: EditDeskForm, key: str) -> bool:
    """Change the desk and tell; False with the reason beside the field."""
    try:
        with writing(here().engine) as session:
            change_desk(session, desk_of_the_unit(session, key), form.facts(), cause())
    except _REFUSALS as reason:
        form.refuse(reason)
        return False
    tell(worded("%(name)s sudah disimpan."), name=form.name.data)
    return True


def _page(form: NewDeskForm) -> str:
    today = unit_today()
    with reading(here().engine) as session:
        services = services_to_offer(session, unit().id)
        form.offer(services)
        listing = _listing(session, services)
        return render_template(
            "aggregation/desks.html",
            form=form,
            boxes=list(form.services),
            shown_at_once=SHOWN_AT_ONCE,
            listing=listing,
            desks=listed_desks(session, [row[0] for row in listing.rows], today),
            services=services,
            parts=parts_to_print(session, unit().id),
            has_mobile_team=has_mobile_team(session, unit().id),
            kinds=KINDS,
        )


def _listing(session: Session, services: ServiceChoices) -> Listing[tuple[Desk]]:
    asked = request.args.get(SERVICE, "")
    known = {str(id_): id_ for id_, _ in services}
    return listed(
        session,
        desks_to_list(unit().id, known.get(asked), active=STATES.get(request.args.get(STATE, ""))),
        sorts=_SORTS,
        search_in=(col(Desk.name), col(Desk.code), col(Desk.about)),
        filters=(SERVICE, STATE),
    )
