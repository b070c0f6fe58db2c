"""The contract and the API agree: made-up requests find no fault and nothing undocumented."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from flask import Flask, Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import BaseSchema
from sqlalchemy import Engine

from aggregation.api.pace import Pace
from aggregation.site.guard import open_to_anybody
from deploy.migrate import upgrade
from survey.database import open_engine, reading, writing
from survey.models import Desk
from survey.seal_key import seal_key
from survey.settings import KeyFile
from tests.api_factories import V1, api, make_token, mounted
from tests.score_factories import code_of, key_of, newest_closing, revise, scored_office

load_all_checks()
CONFORMS: Any = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "response_headers_conformance",
        "negative_data_rejection",
        "ignored_auth",
        "unsupported_method",
        "allow_header_conformance",
    ]
)
OPERATIONS = [
    "GET /scores",
    "GET /scores/{officer_key}",
    "GET /indices",
    "GET /closings",
    "GET /closings/{closing_id}/manifest",
    "GET /units",
    "POST /visits",
]
UNITS = "units.of_the_branch"
AT_MOST = 24
bounded = settings(
    max_examples=AT_MOST,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
Known = dict[str, Any]
Request = Case[Any]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give one database for all made-up requests: they only read, or hand visits in."""
    url = f"sqlite:///{tmp_path_factory.mktemp('contract')}/nilai.db"
    upgrade(url)
    opened = open_engine(url)
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def known(engine: Engine) -> Known:
    """Give what is there to ask for."""
    with writing(engine) as session:
        office = scored_office(session)
        closing = newest_closing(session, office)
        revise(session, office, closing.closed_at.replace(day=12))
        desk = session.get_one(Desk, office.desks[0]).code
        secret = make_token(session).secret
        return {
            "unit": code_of(session, office),
            "month": "2026-10",
            "period": "2026-Q4",
            "officer_key": key_of(session, office),
            "closing_id": str(closing.id),
            "revision": 0,
            "desk": desk,
            "authorization": {"Authorization": f"Bearer {secret}"},
        }


@pytest.fixture
def app(engine: Engine, tmp_path: Path) -> Flask:
    key = KeyFile(tmp_path / "seal.pem", made_here=True)
    seal_key(key)
    return api(engine, Pace(most=10**9), NILAI_SEAL_KEY_FILE=str(key.path))


def contract_of(app: Flask) -> BaseSchema:
    return schemathesis.openapi.from_wsgi(f"{V1}/openapi.json", mounted(app))


def operations(app: Flask) -> dict[str, Any]:
    """Return what the contract tells of, by method and path."""
    found: list[Any] = [each.ok() for each in cast("Any", contract_of(app)).get_all_operations()]
    return {each.label: each for each in found}


def with_known(case: Request, known: Known) -> Request:
    """Ask for what is there, in place of what was made up."""
    for values in (case.query, case.path_parameters):
        for name in set(values or ()) & known.keys():
            values[name] = known[name]
    if case.query:
        case.query.pop("cursor", None)
        case.query.pop("as_of", None)
    body = cast("Any", case.body)
    if isinstance(body, dict):
        body["unit"] = known["unit"]
        for visit in body["visits"]:
            visit["desk"] = known["desk"]
            visit["served_at"] = "2026-11-05T03:12:44Z"
            visit.pop("service", None)
    return case


def asked(
    app: Flask, label: str, mode: GenerationMode, send: Callable[[Request, st.DataObject], int]
) -> Counter[int]:
    """Send made-up requests to an operation, and count the answers by status."""
    seen: Counter[int] = Counter()
    made_up = operations(app)[label].as_strategy(generation_mode=mode)

    @bounded
    @given(made_up, st.data())
    def run(case: Request, data: st.DataObject) -> None:
        seen[send(case, data)] += 1

    run()
    return seen


def conforming(known: Known, *, real: bool) -> Callable[[Request, st.DataObject], int]:
    def send(case: Request, data: st.DataObject) -> int:
        filled = with_known(case, known) if real and data.draw(st.booleans()) else case
        answer = filled.call(headers=known["authorization"])
        filled.validate_response(answer, checks=CONFORMS, headers=known["authorization"])
        return answer.status_code

    return send


def test_the_contract_tells_of_every_operation(app: Flask) -> None:
    assert set(operations(app)) == set(OPERATIONS)
    served = {rule.rule for rule in app.url_map.iter_rules()}
    assert len(served - {"/openapi.json", "/docs", "/healthz", "/readyz"}) == len(OPERATIONS)


@pytest.mark.parametrize("label", OPERATIONS)
def test_what_makes_sense_is_answered_as_documented(app: Flask, known: Known, label: str) -> None:
    seen = asked(app, label, GenerationMode.POSITIVE, conforming(known, real=True))
    assert seen[200] > 0
    assert seen[500] == 0


@pytest.mark.parametrize("label", OPERATIONS)
def test_what_makes_no_sense_is_refused_as_documented(app: Flask, known: Known, label: str) -> None:
    seen = asked(app, label, GenerationMode.NEGATIVE, conforming(known, real=False))
    assert sum(seen.values()) >= AT_MOST
    assert seen[500] == 0


@pytest.mark.parametrize("label", OPERATIONS)
def test_without_a_token_nothing_is_ever_answered(app: Flask, known: Known, label: str) -> None:
    def send(case: Request, _data: st.DataObject) -> int:
        case.headers.pop("Authorization", None)
        return with_known(case, known).call().status_code

    assert set(asked(app, label, GenerationMode.POSITIVE, send)) == {401}


def answering(response: Callable[[], Response], *, anybody: bool = False) -> Callable[..., Any]:
    def view(**_asked: object) -> Response:
        return response()

    return open_to_anybody(view) if anybody else view


WHOLE = '{"units": [], "next": null}'


@pytest.mark.parametrize(
    ("view", "what"),
    [
        (answering(lambda: Response("{}", 418, mimetype="application/json")), "status code"),
        (answering(lambda: Response('{"units": 1}', mimetype="application/json")), "schema"),
        (answering(lambda: Response(WHOLE, mimetype="text/plain")), "content-type"),
        (answering(lambda: Response(WHOLE, 500, mimetype="application/json")), "server error"),
        (
            answering(lambda: Response(WHOLE, mimetype="application/json"), anybody=True),
            "authentication",
        ),
    ],
    ids=["status", "schema", "content-type", "fault", "no-door"],
)
def test_an_answer_that_is_not_documented_is_noticed(
    app: Flask, known: Known, view: Callable[..., Any], what: str
) -> None:
    need = getattr(view, "need", None) or cast("Any", app.view_functions[UNITS]).need
    view.need = need  # type: ignore[attr-defined]
    app.view_functions[UNITS] = view
    with pytest.raises((FailureGroup, AssertionError)) as noticed:
        asked(app, "GET /units", GenerationMode.POSITIVE, conforming(known, real=False))
    assert what in str(noticed.value).lower()


def test_made_up_visits_are_really_kept(app: Flask, known: Known, engine: Engine) -> None:
    asked(app, "POST /visits", GenerationMode.POSITIVE, conforming(known, real=True))
    with reading(engine) as session:
        kept = session.connection().exec_driver_sql("SELECT count(*) FROM visit").scalar_one()
    assert kept > 0
