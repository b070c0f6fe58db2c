"""Role × branch × route × method: who gets past the guard, read off the URL map.

Requests carry no form, so what is tested is who is let in, not what a form does.
"""

from collections.abc import Iterator

import pytest
from flask import Blueprint, Flask
from sqlalchemy import Engine, select
from sqlmodel import col
from werkzeug.routing import Rule
from werkzeug.test import Client

from aggregation.access.roles import RIGHTS, Right, Role, Scope
from aggregation.site.guard import admit, need_of, needs, signed_in
from survey.database import reading, writing
from survey.models import Desk
from survey.site import here
from tests.access_world import Place, make_place, somebody
from tests.staff_factories import staff, visitor

ANYBODY, SIGNED_IN, HALF_WAY = "anybody", "signed in", "half way in"

# What each page is for, written down a second time: a route that is not here fails.
EXPECTED: dict[str, Right | str] = {
    **dict.fromkeys(
        [
            "health.alive", "health.ready", "accents.sheet", "sign_in.how",
            "sign_in.with_password", "link_pages.look", "link_pages.enter",
        ],
        ANYBODY,
    ),
    **dict.fromkeys(
        ["provider_pages.start", "provider_pages.come_back", "provider_pages.leave"], ANYBODY
    ),
    **dict.fromkeys(
        [
            "sign_in.leave", "sign_in.second_factor", "sign_in.take_code",
            "own_account.second_factor", "own_account.confirm",
        ],
        HALF_WAY,
    ),
    **dict.fromkeys(
        [
            "own_account.show", "own_account.change_password", "own_account.end_others",
            "own_account.end", "own_account.change", "help_pages.show",
        ],
        SIGNED_IN,
    ),
    **dict.fromkeys(["inbox.show", "inbox.mark", "inbox.digest"], SIGNED_IN),
    **dict.fromkeys(["dashboard.units", "dashboard.unit", "sheets.template"], Right.SEE_UNIT),
    **dict.fromkeys(["dashboard.data", "dashboard.running"], Right.SEE_UNIT),
    **dict.fromkeys(["rules.overview", "rules.show"], Right.SEE_UNIT),
    **dict.fromkeys(
        [
            "improvements.all_improvements", "improvements.file", "improvements.actions.show",
            "improvements.actions.download",
        ],
        Right.SEE_UNIT,
    ),
    **dict.fromkeys(
        [
            "improvements.planning.plan", "improvements.actions.tell_of",
            "improvements.actions.prove",
        ],
        Right.IMPROVE,
    ),
    **dict.fromkeys(["reports.all_reports", "reports.file"], Right.SEE_UNIT),
    **dict.fromkeys(
        ["reports.drafts.word", "reports.drafts.preview", "reports.issuing.confirm"],
        Right.PUBLISH,
    ),
    **dict.fromkeys(
        [
            "publications.overview", "publications.evidence",
            "publications.publishing.look", "publications.publishing.preview",
            "publications.publishing.card", "publications.publishing.take_back",
            "publications.showing_pages.enter", "publications.showing_pages.photo",
        ],
        Right.PUBLISH,
    ),
    "rules.drafting.new": Right.DRAFT_RULE,
    "rules.preview.show": Right.SEE_SCORES,
    "rules.decide": Right.APPROVE_RULE,
    **dict.fromkeys(
        [
            "set_up.guide", "unit_form.add", "unit_form.edit", "questionnaire.edit",
            "services.all_services", "services.add", "services.edit", "services.take_preset",
            "desks.all_desks", "desks.add", "desks.edit",
            "tablets.enrol", "tablets.show_code", "tablets.end",
            "printing.poster", "printing.posters", "printing.slips",
            "officers.add", "officers.edit", "officers.stop",
            "sheets.upload", "sheets.download", "sheets.download_officers",
        ],
        Right.SET_UP,
    ),
    **dict.fromkeys(
        [
            "officers.all_officers", "officers.officer", "duty_calendar.week",
            "duty_calendar.month", "duty_calendar.duty_history.batches",
        ],
        Right.SEE_ROSTER,
    ),
    **dict.fromkeys(
        [
            "duty_calendar.roster_pages.edit", "duty_calendar.exception_pages.edit",
            "visits.coverage_page.desks", "visits.slip_pages.all_slips",
            "visits.slip_pages.withdraw", "visits.all_visits", "outages.all_outages",
            "outages.withdraw",
            "sheets.upload_roster", "sheets.download_roster", "tablets.all_tablets",
        ],
        Right.KEEP_ROSTER,
    ),
    **dict.fromkeys(["paper.typed", "sheets.upload_responses"], Right.ENTER_PAPER),
    **dict.fromkeys(["check_in.arrive", "check_in.leave"], Right.CHECK_IN),
    **dict.fromkeys(
        ["duty_calendar.approvals.waiting", "duty_calendar.approvals.decide"],
        Right.APPROVE_ROSTER,
    ),
    **dict.fromkeys(["closing.months", "closing.check", "closing.close"], Right.CLOSE_MONTH),
    **dict.fromkeys(
        ["scores.months", "scores.rows", "scores.file", "scores.manifest"], Right.SEE_SCORES
    ),
    "own_score.months": Right.SEE_OWN_SCORE,
    **dict.fromkeys(
        ["proposals.months", "proposals.lines", "proposals.decide_on"], Right.DECIDE
    ),
    **dict.fromkeys(["notes.officers", "notes.write"], Right.WRITE_NOTE),
    **dict.fromkeys(
        ["statements.own", "statements.own_pdf", "statements.own_xlsx"], Right.SEE_OWN_SCORE
    ),
    **dict.fromkeys(
        ["statements.of_officer", "statements.of_officer_pdf", "statements.of_officer_xlsx"],
        Right.SEE_SCORES,
    ),
    **dict.fromkeys(
        [
            "accounts.all_accounts", "accounts.account", "accounts.new", "account_acts.turn_on",
            "account_acts.turn_off", "account_acts.invite_owner",
            "account_acts.remove_second_factor",
        ],
        Right.MANAGE_ACCOUNTS,
    ),
    **dict.fromkeys(["tokens.all_tokens", "tokens.new", "tokens.show_once", "tokens.end"],
        Right.MANAGE_TOKENS,
   ),
    "own_objection.file": Right.SEE_OWN_SCORE,
    **dict.fromkeys(
        [
            "revision_pages.all_revisions", "revision_pages.decide",
            "revision_pages.revision_preparing.prepare",
        ],
        Right.REVISE,
    ),
    **dict.fromkeys(
        [
            "comments.all_comments", "comments.read", "comments.words", "comments.one.show",
            "comments.one.tags",
        ],
        Right.READ_COMMENTS,
    ),
    **dict.fromkeys(["objections.all_objections", "objections.answer"], Right.REVIEW),
    **dict.fromkeys(
        [
            "recognition.month", "recognition.issue", "recognition.letter",
            "recognition.training.needs_table", "recognition.training.file",
        ],
        Right.RECOGNISE,
    ),
    "own_letters.letter": Right.SEE_OWN_SCORE,
    **dict.fromkeys(["log_pages.entries", "log_pages.download"], Right.READ_LOG),
    **dict.fromkeys(
        [
            "review.queue", "review.group", "review.decided",
            "review.inquiries.all_inquiries", "review.inquiries.look",
            "raw_words.masked", "raw_words.raw",
        ],
        Right.REVIEW,
    ),
}  # fmt: skip

# Whose object an address names without naming the unit: a foreign one does not exist.
OF_AN_OFFICE = {
    "code",
    "desk",
    "device",
    "service",
    "key",
    "officer_key",
    "outage",
    "batch",
    "slips",
    "token_id",
    "version",
    "unit_code",
    "objection",
    "request_id",
    "letter",
    "improvement",
    "proof_id",
    "report",
}


# A session is ended by the digest of its key, and nobody's is all zeros; a token is shown once;
# an installation without a key for seals has no manifest.
NOT_THERE_ANYHOW = {
    ("own_account.end", "not there"),
    ("tokens.show_once", "not there"),
    ("scores.manifest", "not there"),
}


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    site = staff(sqlite_engine)
    site.config["WTF_CSRF_ENABLED"] = False
    return site


@pytest.fixture
def places(sqlite_engine: Engine) -> tuple[Place, Place]:
    """Give two offices side by side: one's own, and a foreign one."""
    with writing(sqlite_engine) as session:
        return make_place(session, "KOTA"), make_place(session, "LAIN")


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Return every route with each of its methods, pages before what changes something."""
    found = [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    return sorted(found, key=lambda each: (each[1], each[0].endpoint == "sign_in.leave"))


def met(client: Client, address: str, method: str) -> str:
    """Say how a request was met: let in, for another role, not there, sign in, or broken."""
    status = client.open(address, method=method).status_code
    turned_away = {401: "sign in", 403: "another role", 404: "not there"}
    return "broken" if status in (405, 500, 503) else turned_away.get(status, "let in")


def surprises(
    app: Flask, engine: Engine, role: Role, own: Place, foreign: Place
) -> Iterator[tuple[str, str, str, str]]:
    """Yield where somebody with a role in one's own office is met otherwise than expected."""
    for rule, method in routes(app):
        expected = EXPECTED[rule.endpoint]
        if expected in (ANYBODY, HALF_WAY):
            continue
        client = somebody(app, engine, own, role)
        allowed = expected == SIGNED_IN or expected in RIGHTS[role]
        wanted = "let in" if allowed else "another role"
        how = met(client, own.address(rule), method)
        if how != wanted and (rule.endpoint, how) not in NOT_THERE_ANYHOW:
            yield method, rule.rule, "own", how
        for address in foreign_addresses(rule, own, foreign):
            wanted = "not there" if allowed or "/unit/LAIN" in address else "another role"
            if (how := met(client, address, method)) != wanted:
                yield method, address, "foreign", how


def foreign_addresses(rule: Rule, own: Place, foreign: Place) -> set[str]:
    """Return addresses of a route with foreign objects: one at a time, and all of them."""
    adapter = rule.map.bind("127.0.0.1", "/staff")
    mine, theirs = own.filled(rule), foreign.filled(rule)
    named = OF_AN_OFFICE & set(rule.arguments)
    mixed = [{**mine, name: theirs[name]} for name in named]
    whole = [{**mine, **{name: theirs[name] for name in named}}] if named else []
    return {str(adapter.build(rule.endpoint, each)) for each in mixed + whole}


def test_every_route_is_expected(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(EXPECTED)


def test_every_route_declares_what_is_expected_of_it(app: Flask) -> None:
    for endpoint, expected in EXPECTED.items():
        need = need_of(app, endpoint)
        told = need.right or (
            ANYBODY if not need.session else SIGNED_IN if need.second_factor else HALF_WAY
        )
        assert (endpoint, told) == (endpoint, expected)


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_its_own_offices_pages_and_no_others(
    app: Flask, sqlite_engine: Engine, places: tuple[Place, Place], role: Role
) -> None:
    assert list(surprises(app, sqlite_engine, role, *places)) == []


def test_a_stranger_gets_nothing_but_the_way_in(app: Flask, places: tuple[Place, Place]) -> None:
    for rule, method in routes(app):
        wanted = EXPECTED[rule.endpoint] == ANYBODY
        how = met(visitor(app), places[0].address(rule), method)
        assert (method, rule.rule, how == "sign in") == (method, rule.rule, not wanted)


def test_a_site_without_its_guard_is_noticed(
    app: Flask, sqlite_engine: Engine, places: tuple[Place, Place]
) -> None:
    app.before_request_funcs[None].remove(admit)
    found = list(surprises(app, sqlite_engine, Role.OFFICER, *places))
    assert len(found) > len(EXPECTED) / 2


def test_a_page_that_asks_for_less_is_noticed(
    app: Flask, sqlite_engine: Engine, places: tuple[Place, Place]
) -> None:
    view = app.view_functions["closing.months"]

    def careless(code: str) -> str:
        return str(view(code=code))

    app.view_functions["closing.months"] = signed_in(careless)
    found = list(surprises(app, sqlite_engine, Role.OFFICER, *places))
    assert ("GET", "/unit/<code>/tutup", "own", "let in") in found


def test_a_scope_that_forgets_branches_is_noticed(
    app: Flask,
    sqlite_engine: Engine,
    places: tuple[Place, Place],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Scope, "knows", lambda *_: True)
    monkeypatch.setattr(Scope, "may", lambda self, right, _unit: self.may_somewhere(right))
    found = list(surprises(app, sqlite_engine, Role.UNIT_HEAD, *places))
    assert ("GET", "/staff/unit/LAIN/tutup", "foreign", "let in") in found


def test_a_page_that_finds_another_offices_desk_is_noticed(
    app: Flask,
    sqlite_engine: Engine,
    places: tuple[Place, Place],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    probe = Blueprint("desks_of_all", __name__)

    @probe.get("/unit/<code>/loket/<desk>/lihat")
    @needs(Right.SET_UP)
    def any_desk(code: str, desk: str) -> str:
        with reading(here().engine) as session:
            found = select(col(Desk.name)).where(col(Desk.public_key) == desk)
            return f"{code} {session.scalars(found).one()}"

    app.register_blueprint(probe)
    monkeypatch.setitem(EXPECTED, "desks_of_all.any_desk", Right.SET_UP)
    own, foreign = places
    found = list(surprises(app, sqlite_engine, Role.OPERATOR, *places))
    address = f"/staff/unit/{own.code}/loket/{foreign.desk}/lihat"
    assert found == [("GET", address, "foreign", "let in")]
