"""Whatever is sent: never an error of ours, nothing invalid stored, nothing stored twice."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from time_machine import travel

from survey.database import reading, writing
from survey.models import RECORD_TABLES
from survey.profile import OPTIONS
from survey.questionnaire import OVERALL, Element
from survey.visit_token import RATE, VisitToken, write_token
from tests.factories import KEYS, NOON, hidden_fields, make_desk, tap
from tests.site_client import PublicClient, phone

OFTEN, VERY_OFTEN = 1000, 2000
FORM = "application/x-www-form-urlencoded"
CONTENT_TYPES = [
    FORM,
    f"{FORM}; charset=utf-8",
    f"{FORM};;=",
    "application/json",
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "*/*; q",
    "",
]
CLEAR_ANSWERS = {200, 201, 400, 404, 405, 410, 413, 415, 422}
ONE_DESK_FOR_ALL = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
RATINGS = {"1", "2", "3", "4"}
NINE = {element.value for element in Element}

odd = st.sampled_from(
    [
        "",
        "0",
        "5",
        "4.0",
        "\N{FULLWIDTH DIGIT FOUR}",
        " 1",
        "-1",
        "1e0",
        "true",
        "\x00",
        "NaN",
        "1" * 99,
    ]
)
ratings = st.sampled_from(sorted(RATINGS)) | odd
names = st.sampled_from(
    [OVERALL, *sorted(NINE), "service", "comment", *OPTIONS, "nik", "", "token"]
)
texts = st.text(max_size=60) | st.sampled_from(["KTP-EL", "KK", "L", "17-25", "S1", "a" * 1001])
taps = st.lists(st.tuples(st.just(OVERALL), ratings), max_size=2)
answers = st.lists(st.tuples(names, ratings | texts), max_size=12)
some_of_the_nine = st.dictionaries(
    st.sampled_from(sorted(NINE)), st.sampled_from(sorted(RATINGS)), max_size=9
).map(lambda given: list(given.items()))
fields = taps | taps.flatmap(lambda tap: answers.map(lambda more: tap + more)) | some_of_the_nine


@dataclass(frozen=True)
class Desk:
    """A desk that is sent everything, and what the database holds of it."""

    engine: Engine
    client: PublicClient
    path: str

    def send(self, suffix: str, body: str | bytes, content_type: str = FORM) -> int:
        address = self.path + suffix
        return self.client.post(address, data=body, content_type=content_type).status_code

    def stored(self) -> tuple[int, ...]:
        with reading(self.engine) as session:
            counts = (select(func.count()).select_from(table) for table in RECORD_TABLES[1:])
            return tuple(session.execute(count).scalar_one() for count in counts)

    def fresh_token(self) -> str:
        return write_token(VisitToken(uuid4(), NOON), KEYS.key("token"), RATE, self.path)

    def tapped(self) -> str:
        return hidden_fields(tap(self.client, self.path))["token"]


@pytest.fixture
def desk(sqlite_engine: Engine) -> Iterator[Desk]:
    with writing(sqlite_engine) as session:
        path = make_desk(session).path
    with travel(NOON, tick=False):
        yield Desk(sqlite_engine, phone(sqlite_engine), path)


def is_one_tap(sent: list[tuple[str, str]]) -> bool:
    return len(sent) == 1 and sent[0][0] == OVERALL and sent[0][1] in RATINGS


@settings(max_examples=OFTEN, suppress_health_check=ONE_DESK_FOR_ALL)
@given(sent=fields)
def test_exactly_one_face_is_stored_whatever_is_posted(
    desk: Desk, sent: list[tuple[str, str]]
) -> None:
    taps_before, *others_before = desk.stored()
    body = urlencode([("token", desk.fresh_token()), ("lang", "id"), *sent])
    first, again = desk.send("", body), desk.send("", body)
    taps, *others = desk.stored()
    assert (first, again) == ((201, 200) if is_one_tap(sent) else (422, 422))
    assert (taps - taps_before, others) == (int(is_one_tap(sent)), others_before)


@settings(max_examples=OFTEN, suppress_health_check=ONE_DESK_FOR_ALL)
@given(sent=answers | some_of_the_nine, opening=st.booleans())
def test_questions_are_stored_once_or_refused_whole(
    desk: Desk, sent: list[tuple[str, str]], opening: bool
) -> None:
    suffix, token = ("/skm", desk.fresh_token()) if opening else ("/lanjut", desk.tapped())
    before = desk.stored()
    body = urlencode([("token", token), ("lang", "id"), *sent])
    first, again = desk.send(suffix, body), desk.send(suffix, body)
    names_sent = [name for name, _ in sent]
    well_formed = len(names_sent) == len(set(names_sent)) and not {"nik", "", OVERALL, "token"} & {
        *names_sent
    }
    assert (first, again) in {(201, 200), (422, 422), (200, 200)}
    if first == 201:
        assert well_formed
        assert all(value in RATINGS for name, value in sent if name in NINE)
        assert desk.stored()[1] == before[1] + 1
    else:
        assert desk.stored() == before


@settings(max_examples=VERY_OFTEN, suppress_health_check=ONE_DESK_FOR_ALL)
@given(
    body=st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from([OVERALL, "id", "ratings"]), inner, max_size=4)
        ),
    ).map(lambda value: json.dumps(value).encode()),
    content_type=st.sampled_from(CONTENT_TYPES),
    suffix=st.sampled_from(["", "/skm", "/lanjut", "/nothing", "/resi/"]),
)
def test_bodies_of_any_kind_are_answered_clearly_and_store_nothing(
    desk: Desk, body: bytes, content_type: str, suffix: str
) -> None:
    before = desk.stored()
    assert desk.send(suffix, body, content_type) in CLEAR_ANSWERS
    assert desk.stored() == before


@settings(max_examples=OFTEN // 3, suppress_health_check=ONE_DESK_FOR_ALL)
@given(
    kind=st.sampled_from(["/l/", "/t/", "/resi/", "/L/", "/"]),
    code=st.text(max_size=40),
    query=st.text(max_size=20),
)
def test_addresses_of_any_kind_are_answered_clearly(
    desk: Desk, kind: str, code: str, query: str
) -> None:
    found = desk.client.get(kind + urlencode({"": code})[1:], query_string={"kode": query})
    assert found.status_code in CLEAR_ANSWERS | {303, 308}


def test_a_form_that_took_anything_would_be_noticed() -> None:
    assert not is_one_tap([(OVERALL, "4.0")])
    assert not is_one_tap([(OVERALL, "4"), (OVERALL, "4")])
    assert is_one_tap([(OVERALL, "4")])
