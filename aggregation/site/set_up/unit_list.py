"""The first page: the units of one's branch, or straight to the one that needs somebody."""

from flask import redirect, render_template, url_for
from sqlmodel import Session, col, select
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.months.unit_list import NEWEST, units_to_list
from aggregation.office.set_up_state import has_been_rated
from aggregation.site.guard import me
from aggregation.site.listing import listed
from survey.database import reading
from survey.models import ServiceUnit
from survey.site import here

_SORTS = {
    "nama": (col(ServiceUnit.name), col(ServiceUnit.id)),
    "kode": (col(ServiceUnit.code), col(ServiceUnit.id)),
    "bulan": (NEWEST, col(ServiceUnit.id)),
}


def units_page() -> str | Response:
    """Show the units of one's branch; one that is alone, or still to be set up, at once."""
    scope = me().scope
    if not scope.parents and scope.may_everywhere(Right.SET_UP):
        return redirect(url_for("unit_form.add"), 303)
    seen = scope.units(Right.SEE_UNIT)
    with reading(here().engine) as session:
        if len(seen) == 1:
            return redirect(_only_unit(session, *seen), 303)
        everywhere = scope.may_everywhere(Right.SEE_UNIT)
        listing = listed(
            session,
            units_to_list(None if everywhere else seen),
            sorts=_SORTS,
            search_in=(col(ServiceUnit.name), col(ServiceUnit.code)),
        )
    return render_template("aggregation/units.html", listing=listing)


def _only_unit(session: Session, unit_id: int) -> str:
    """Return where somebody goes who has one unit: to its guide until it was rated."""
    code = session.exec(select(ServiceUnit.code).where(col(ServiceUnit.id) == unit_id)).one()
    may_set_up = me().scope.may(Right.SET_UP, unit_id)
    if may_set_up and not has_been_rated(session, unit_id):
        return url_for("set_up.guide", code=code)
    return url_for("dashboard.unit", code=code)
