"""Drafting a rule on a page: the rule in force to start from, and one's own changes to it."""

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.method.rule import DEFAULT_RULE, Rule, RuleUnusable
from aggregation.method.suggest_k import HistoryTooThin
from aggregation.months.k_advice import advise_k
from aggregation.rules.rule_book import EVERYBODY, RuleBook, rules_in_force
from aggregation.rules.rule_draft import RuleWorksBackwards, UnknownGroup, draft_rule
from aggregation.rules.rule_reach import groups_below
from aggregation.site.guard import cause, needs, unit
from aggregation.site.rules.rule_form import RuleForm
from aggregation.site.rules.rule_words import LABELS
from aggregation.site.rules.visible_rules import visible_rules
from aggregation.site.telling import complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.month import Month
from survey.site import here
from survey.spoken import spoken

rule_drafting = Blueprint("drafting", __name__)

FROM, GROUP = "dari", "kelompok"
MONTHS_AHEAD = 12


@rule_drafting.route("/unit/<code>/aturan/baru", methods=["GET", "POST"])
@needs(Right.DRAFT_RULE)
def new(code: str) -> str | tuple[str, int] | Response:
    """Draft a rule; it starts from the one in force, or from another one that is named."""
    now = datetime.now(UTC)
    form = RuleForm()
    with reading(here().engine) as session:
        running = Month.of(unit().day_of(now))
        groups = groups_below(session, unit().id)
        form.offer(groups, [running.shift(ahead) for ahead in range(MONTHS_AHEAD + 1)])
        start = _start(session, rules_in_force(session, unit().id, running, now))
        advice = _advice(session, now, request.args.get(GROUP, EVERYBODY))
    if not form.is_submitted():
        form.start_from(start)
        form.effective_from.data = str(running.shift(1))
        asked = request.args.get(GROUP, EVERYBODY)
        form.job_group.data = asked if asked in groups else EVERYBODY
    elif form.validate() and (version := _drafted(form)):
        tell(worded("Rancangan aturan %(version)s disimpan."), version=version)
        return redirect(url_for("rules.show", code=code, version=version), 303)
    page = render_template("aggregation/rules/draft.html", form=form, start=start, advice=advice)
    return (page, 422) if form.is_submitted() else page


def _start(session: Session, book: RuleBook) -> Rule:
    named = request.args.get(FROM)
    if named:
        shown = visible_rules(session).with_version(named)
        return shown.rule if shown else DEFAULT_RULE
    return book.rule_for(request.args.get(GROUP, EVERYBODY))


def _advice(session: Session, now: datetime, group: str) -> str:
    """Say which k the closed months suggest, or that they cannot."""
    say, number = spoken().say, spoken().number
    try:
        found = advise_k(session, unit().id, now, group)
    except HistoryTooThin:
        return say(worded("Bulan tertutup di unit ini belum cukup untuk menyarankan k."))
    sentence = worded(
        "Saran dari %(months)s bulan tertutup: k = %(k)s, rentang 80 %% dari %(low)s sampai "
        "%(high)s. Ini saran; Anda yang memilih."
    )
    k = found.suggested
    words = {"months": found.months, "k": k.k, "low": k.low, "high": k.high}
    return say(sentence) % {name: number(value) for name, value in words.items()}


def _drafted(form: RuleForm) -> str | None:
    """Keep the draft and return its version; None with the reason beside the field."""
    try:
        with writing(here().engine) as session:
            return draft_rule(
                session,
                unit().id,
                form.job_group.data or EVERYBODY,
                form.values(),
                effective_from=Month.parse(form.effective_from.data or ""),
                cause=cause(form.reason.data or ""),
            )
    except RuleWorksBackwards as refused:
        sentence = worded("Bulan ini sudah berakhir atau ditutup di %(unit)s. Pilih yang lain.")
        complain(form.effective_from, sentence, unit=refused.unit)
    except UnknownGroup:
        complain(form.job_group, worded("Kelompok ini tidak ada lagi. Pilih yang lain."))
    except RuleUnusable as refused:
        say = spoken().say
        label = say(LABELS.get(refused.field, refused.field))
        form.form_errors.append(say(worded("Periksa lagi: %(field)s.")) % {"field": label})
    return None
