"""The page of visits: how many each desk served, day by day, as queue files tell."""

from flask import Blueprint, render_template, request
from sqlmodel import col

from aggregation.access.roles import Right
from aggregation.site.duties.calendar_span import asked_month
from aggregation.site.duties.coverage_page import coverage_page
from aggregation.site.duties.slip_pages import slip_pages
from aggregation.site.guard import needs, unit, unit_today
from aggregation.site.listing import listed
from aggregation.visits.models import Visit
from aggregation.visits.visit_counts import SERVED, by_day_and_desk
from aggregation.visits.visit_totals import visits_in
from survey.database import reading
from survey.models import Desk
from survey.site import here

visits = Blueprint("visits", __name__)
visits.register_blueprint(slip_pages)
visits.register_blueprint(coverage_page)

MONTH = "bulan"


@visits.get("/unit/<code>/kunjungan")
@needs(Right.KEEP_ROSTER)
def all_visits(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """Show the visits of a month, `bulan` or this one, by day and desk."""
    today = unit_today()
    shown = asked_month(request.args.get(MONTH, ""), today)
    with reading(here().engine) as session:
        found = listed(
            session,
            by_day_and_desk(unit().id, shown),
            sorts={
                "tanggal": (col(Visit.day), col(Desk.id)),
                "loket": (col(Desk.name), col(Desk.id), col(Visit.day)),
                "kunjungan": (SERVED, col(Visit.day), col(Desk.id)),
            },
            search_in=(col(Desk.name), col(Desk.code)),
            filters=(MONTH,),
            newest_first=True,
        )
        total = visits_in(session, unit().id, shown)
    return render_template(
        "aggregation/duties/visits.html",
        listing=found,
        total=total,
        month=shown,
    )
