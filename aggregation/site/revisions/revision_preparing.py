"""The page on which a revision is prepared: looked at first if one likes, then kept.

The request and the correction of duties that it carries are kept together, or not at all.
"""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session, col, select
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.appraisal.models import Ground
from aggregation.appraisal.revision_changes import MonthChange, changes_of_draft
from aggregation.appraisal.revision_list import upheld_and_waiting
from aggregation.appraisal.revision_requests import (
    Asked,
    LateDayAhead,
    NotUpheld,
    OwnFiguresMove,
    draft_of,
    request_revision,
)
from aggregation.closings import OfficerFigure
from aggregation.duties.rostered_desks import rostered_desks
from aggregation.months.revision import NothingMoves
from aggregation.months.revisions import newest_of_each_month, revisions
from aggregation.site.chosen import chosen
from aggregation.site.duties.duty_fields import roll_of
from aggregation.site.guard import cause, me, needs, unit
from aggregation.site.months.closing_figures import BASIS_NAMES
from aggregation.site.revisions.revision_form import Offered, RevisionForm, filled_lines
from aggregation.site.revisions.revision_words import OWN_FIGURES
from aggregation.site.telling import complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.models import Desk
from survey.month import Month
from survey.site import here
from survey.spoken import spoken

revision_preparing = Blueprint("revision_preparing", __name__)

CHECK, MORE = "check", "more"
_UNPROCESSABLE = 422


@revision_preparing.route("/unit/<code>/revisi/baru", methods=["GET", "POST"])
@needs(Right.REVISE, names_people=True)
def prepare(code: str) -> str | tuple[str, int] | Response:
    """Fill in what is to be put right, look at what it would change, and keep it."""
    with reading(here().engine) as session:
        months = list(newest_of_each_month(revisions(session, unit().id)))
        month = chosen(months, request.args.get("bulan")) or abort(404)
        offered = _offered(session, month)
    form = _form()
    form.offer(offered)
    do = request.form.get("do")
    if request.method == "GET" or do == MORE:
        if do == MORE:
            form.add_lines(offered)
        return _page(form, offered, months)
    asked = form.asked(offered)
    changes = None if asked is None else _tried(form, offered.month, asked, keep=do != CHECK)
    if form.errors or form.form_errors or changes is None:
        return _page(form, offered, months), _UNPROCESSABLE
    if do == CHECK:
        return _page(form, offered, months, changes)
    tell(worded("Revisi disiapkan dan menunggu persetujuan orang kedua."))
    return redirect(url_for("revision_pages.all_revisions", code=code), 303)


def _form() -> RevisionForm:
    if request.method == "POST":
        return RevisionForm()
    objection = request.args.get("keberatan", "")
    return RevisionForm(objection=objection, ground=Ground.OBJECTION.value if objection else None)


def _offered(session: Session, month: Month) -> Offered:
    newest = newest_of_each_month(revisions(session, unit().id, month, month))[month]
    desks = session.execute(rostered_desks(unit().id).order_by(col(Desk.code))).all()
    rated = select(OfficerFigure.officer_id).where(col(OfficerFigure.closing_id) == newest.id)
    language = spoken()
    return Offered(
        month,
        {desk.public_key: (desk.id, desk.name) for desk in desks},
        roll_of(session, unit().id, {month}, session.exec(rated).all()),
        [
            (
                each.objection.id,
                f"{each.officer}, {language.day(unit().day_of(each.objection.filed_at))}",
            )
            for each in upheld_and_waiting(session, unit().id)
            if each.objection.month == month
        ],
    )


def _tried(
    form: RevisionForm, month: Month, asked: Asked, *, keep: bool
) -> list[MonthChange] | None:
    """Keep a revision, or only look at what it would change; None with errors at the form."""
    because = cause((form.reason.data or "").strip())
    try:
        with writing(here().engine) as session:
            prepared = request_revision(
                session, unit().id, month, asked, because, officer_id=me().officer_id
            )
            draft = draft_of(session, prepared)
            changes = changes_of_draft(session, draft) if draft else []
            if not keep:
                session.rollback()
            return changes
    except LateDayAhead:
        complain(form.late_until, worded("Paling jauh hari ini."))
    except NotUpheld:
        complain(form.objection, worded("Keberatan ini sudah ditindaklanjuti. Pilih yang lain."))
    except NothingMoves:
        form.form_errors.append(
            worded("Tidak ada yang berubah: tanggapan dan jamnya dihitung sama seperti sekarang.")
        )
    except OwnFiguresMove:
        form.form_errors.append(OWN_FIGURES)
    return None


def _page(
    form: RevisionForm,
    offered: Offered,
    months: list[Month],
    changes: list[MonthChange] | None = None,
) -> str:
    return render_template(
        "aggregation/revisions/prepare.html",
        form=form,
        rows=filled_lines(form),
        month=offered.month,
        months=months,
        has_objections=bool(offered.objections),
        changes=changes,
        basis_names=BASIS_NAMES,
    )
