"""The rules of a unit: everybody reads them; a second person puts a draft into force."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlmodel import Session
from werkzeug import Response
from wtforms import HiddenField

from aggregation.access.roles import Right
from aggregation.changes.batch import LONGEST_REASON
from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.rule_preview import books_around
from aggregation.rules.rule_book import EVERYBODY
from aggregation.rules.rule_decision import OwnDraft, RuleDecided, decide_rule
from aggregation.rules.rule_draft import RuleUnexplained, RuleWorksBackwards
from aggregation.rules.rule_history import RuleState
from aggregation.site.guard import cause, may, needs
from aggregation.site.rules.preview_page import preview_page
from aggregation.site.rules.rule_drafting import rule_drafting
from aggregation.site.rules.rule_words import differences, in_words
from aggregation.site.rules.visible_rules import STATES, ShownRule, visible_rules
from aggregation.site.set_up.set_up_fields import line
from aggregation.site.telling import complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.site import here

rules = Blueprint("rules", __name__)
rules.register_blueprint(rule_drafting)
rules.register_blueprint(preview_page)

APPROVE, REJECT = "setuju", "tolak"
_DONE = {
    True: worded("Aturan %(version)s disetujui."),
    False: worded("Rancangan aturan %(version)s ditolak."),
}


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What a second person says of a draft."""

    decision = HiddenField()
    reason = line(
        worded("Alasan"),
        LONGEST_REASON,
        hint=worded("Wajib bila menolak. Dibaca oleh perancang dan semua pegawai."),
    )


@rules.get("/unit/<code>/aturan")
@needs(Right.SEE_UNIT, names_people=True)
def overview(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """Show what is in force, what waits, and everything before."""
    with reading(here().engine) as session:
        found = visible_rules(session)
        general = found.book.general
        return render_template(
            "aggregation/rules/overview.html",
            found=found,
            general=found.with_version(general.version),
            sections=in_words(general),
            groups=[
                (group, found.with_version(rule.version), differences(general, rule))
                for group, rule in sorted(found.book.of_groups.items())
            ],
            waiting=found.in_state(RuleState.WAITING),
            ahead=found.in_state(RuleState.AHEAD),
            states=STATES,
            everybody=EVERYBODY,
        )


@rules.get("/unit/<code>/aturan/<version>")
@needs(Right.SEE_UNIT, names_people=True)
def show(code: str, version: str) -> str:  # noqa: ARG001
    """Show one rule or draft: its whole text, and where it differs from what it follows."""
    with reading(here().engine) as session:
        shown = visible_rules(session).with_version(version)
        return _page(session, shown, DecisionForm())


@rules.post("/unit/<code>/aturan/<version>/putuskan")
@needs(Right.APPROVE_RULE, names_people=True)
def decide(code: str, version: str) -> str | tuple[str, int] | Response:
    """Approve a draft of this very unit, or turn it down."""
    form = DecisionForm()
    with reading(here().engine) as session:
        shown = visible_rules(session).with_version(version)
        if shown is None or shown.unit is not None:
            abort(404)
        rule_id = shown.entry.drafted.id
    try:
        if form.validate() and _decided(form, rule_id):
            done = _DONE[form.decision.data == APPROVE]
            tell(done, version=version)
            return redirect(url_for("rules.overview", code=code), 303)
    except RuleDecided:
        tell(worded("Rancangan ini sudah diputuskan orang lain."), "bad")
        return redirect(url_for("rules.show", code=code, version=version), 303)
    with reading(here().engine) as session:
        return _page(session, visible_rules(session).with_version(version), form), 422


def _decided(form: DecisionForm, rule_id: UUID) -> bool:
    """Keep a decision; False with the reason beside the field."""
    if form.decision.data not in {APPROVE, REJECT}:
        return False
    approved = form.decision.data == APPROVE
    try:
        with writing(here().engine) as session:
            decide_rule(session, rule_id, approved=approved, cause=cause(form.reason.data or ""))
    except RuleUnexplained:
        complain(form.reason, worded("Tulis alasan menolak, agar perancang dapat memperbaiki."))
    except OwnDraft:
        complain(form.reason, worded("Anda yang merancang. Minta orang lain menyetujuinya."))
    except RuleWorksBackwards:
        complain(form.reason, worded("Bulannya sudah lewat. Tolak, lalu susun rancangan baru."))
    return not form.reason.errors


def _page(session: Session, shown: ShownRule | None, form: DecisionForm) -> str:
    rule = shown.rule if shown else DEFAULT_RULE
    before = None
    if shown:
        drafted = shown.entry.drafted
        before = books_around(session, drafted.unit_id, drafted, datetime.now(UTC))[0].rule_for(
            drafted.job_group
        )
    waits = shown is not None and shown.state in {RuleState.WAITING, RuleState.EXPIRED}
    own = shown is not None and shown.unit is None
    return render_template(
        "aggregation/rules/rule.html",
        shown=shown,
        rule=rule,
        sections=in_words(rule),
        before=before,
        differences=differences(before, rule) if before else [],
        states=STATES,
        expired=RuleState.EXPIRED,
        form=form,
        decides=waits and own and may(Right.APPROVE_RULE),
    )
