"""Citizens' forms and tablets' addresses under inputs that nobody meant, by direct calls."""

import json
from collections.abc import Iterator
from random import Random
from urllib.parse import urlencode
from uuid import UUID, uuid4

from sqlalchemy import Engine
from werkzeug.test import TestResponse

from kiosk.wire import to_instant
from survey.profile import OPTIONS
from survey.questionnaire import OVERALL, Element
from survey.visit_token import MORE, RATE, VisitToken, write_token
from tests.factories import KEYS
from tests.fuzz_inputs import a_form, a_text, as_sent, changed, some_bytes, spelled
from tests.fuzz_record import A_CHAPTER, RECORD, Record
from tests.record_factories import NOON, an_office
from tests.site_client import PublicClient, phone
from tests.tablet_factories import enrolled, enrolment_body, new_key

FORM = "application/x-www-form-urlencoded"
KINDS_OF_BODY = (
    FORM, f"{FORM};;=", "application/json", "multipart/form-data; boundary=x", "*/*; q", ""
)  # fmt: skip
BATCHES, ENROLMENTS, CONTACT = (
    f"/api/kiosk/v1/{name}" for name in ("responses", "enrolments", "contact")
)
TAPS, MORES = RECORD.index("response"), RECORD.index("followup")


class Public:
    """The public site, with a new office for each chapter."""

    record: Record

    def __init__(self, engine: Engine) -> None:
        self.engine, self._left = engine, 0
        self.client: PublicClient = phone(engine)

    def take(self, by: Random) -> Iterator[str]:
        """Take one input; yield what is wrong with the answers."""
        if not self._left:
            self._next_chapter()
            self._left = A_CHAPTER
        self._left -= 1
        yield from self._take(by)

    def after(self) -> Iterator[str]:
        """Yield what is wrong with what the inputs left behind."""
        yield from self.record.invalid()

    def _next_chapter(self) -> None:
        raise NotImplementedError

    def _take(self, by: Random) -> Iterator[str]:
        raise NotImplementedError


class Citizens(Public):
    """The forms behind a desk's code; each input is sent twice."""

    def _next_chapter(self) -> None:
        office = an_office(self.engine, services=["KK", "KIA"])
        self.path = f"/l/{office.desk.code}"
        self.record = Record(self.engine, office.desk.unit_id)

    def _take(self, by: Random) -> Iterator[str]:
        suffix, body, kind = self._input(by)
        table = MORES if suffix == "/lanjut" else TAPS
        for again in (False, True):
            answer = self.client.post(self.path + suffix, data=body, content_type=kind)
            said = int(answer.status_code == 201 and not again)
            yield from self.record.wrong(answer.status_code, said, table=table, again=again)

    def _input(self, by: Random) -> tuple[str, str | bytes, str]:
        match by.randrange(8):
            case 0 | 1:
                return "", self._form(by, RATE, uuid4(), {OVERALL: by.choice("1234")}), FORM
            case 2 | 3:
                return "/skm", self._form(by, RATE, uuid4(), questions(by)), FORM
            case 4 | 5 | 6:
                return "/lanjut", self._form(by, MORE, self._tapped(), questions(by)), FORM
            case _:
                suffix = by.choice(("", "/skm", "/lanjut", "/x"))
                body = some_bytes(by, urlencode([(OVERALL, "4")]).encode())
                return suffix, body, by.choice(KINDS_OF_BODY)

    def _form(self, by: Random, use: str, visit: UUID, right: dict[str, str]) -> str:
        sent = a_form(by, {"token": self._token(use, visit), "lang": "id", **right})
        return urlencode(as_sent(sent))

    def _token(self, use: str, visit: UUID) -> str:
        return write_token(VisitToken(visit, NOON), KEYS.key("token"), use, self.path)

    def _tapped(self) -> UUID:
        """Return a visit whose face was tapped a moment ago."""
        visit = uuid4()
        tap = {"token": self._token(RATE, visit), "lang": "id", OVERALL: "3"}
        self.client.post(self.path, data=tap)
        self.record.count()
        return visit


def questions(by: Random) -> dict[str, str]:
    """Draw the questions as a citizen may answer them, but for the comment, which is odd."""
    nine = {element.value: by.choice("1234") for element in Element if by.random() < 0.8}
    profile = {str(n): by.choice(list(o)) for n, o in OPTIONS.items() if by.random() < 0.5}
    return {**nine, **profile, "service": by.choice(("KK", "KIA", "")), "comment": a_text(by)}


class Tablets(Public):
    """The three addresses of tablets; a batch is signed and sent twice, as after a lost answer."""

    def _next_chapter(self) -> None:
        office = an_office(self.engine, services=["KK", "KIA"])
        self.tablet = enrolled(self.engine, office.desk.id)
        self.record = Record(self.engine, office.desk.unit_id)

    def _take(self, by: Random) -> Iterator[str]:
        match by.randrange(10):
            case 0:
                body = spelled(changed(by, enrolment_body("AAAA-AAAA", new_key())))
                answer = self.client.post(ENROLMENTS, data=body, content_type="application/json")
                yield from self.record.wrong(answer.status_code, 0, table=TAPS, again=False)
            case 1:
                right = {"device": str(self.tablet.device), "clock": to_instant(NOON)}
                answer = self.client.get(f"{CONTACT}?{urlencode(as_sent(a_form(by, right)))}")
                yield from self.record.wrong(answer.status_code, 0, table=TAPS, again=False)
            case _:
                body = self._body(by)
                for again in (False, True):
                    yield from self._wrong(self._send(body), again=again)

    def _body(self, by: Random) -> bytes:
        self.tablet.kept.clear()
        for _ in range(by.choice((1, 1, 2, 3))):
            self._keep(by)
        match by.randrange(5):
            case 0:
                return some_bytes(by, self.tablet.body())
            case 1 | 2:
                return spelled(changed(by, json.loads(self.tablet.body())))
            case _:
                return self.tablet.body()

    def _keep(self, by: Random) -> None:
        """Keep a response, changed before it was sealed unless it then had no name to travel by."""
        rating, service = by.choice((1, 2, 3, 4, None)), by.choice(("KK", None))
        told = self.tablet.item(rating, service=service, comment=a_text(by))
        drawn = changed(by, told)
        named = isinstance(drawn, dict) and all(drawn.get(n) == told[n] for n in ("id", "sequence"))
        self.tablet.put(drawn if named and isinstance(drawn, dict) else told)

    def _send(self, body: bytes) -> TestResponse:
        answer = self.client.post(BATCHES, data=body, headers=self.tablet.headers(body))
        told = answer.get_json(silent=True) or {}
        self.tablet.nonce = told.get("nonce", self.tablet.nonce)
        return answer

    def _wrong(self, answer: TestResponse, *, again: bool) -> Iterator[str]:
        results = (answer.get_json(silent=True) or {}).get("results", [])
        said = sum(each["status"] == "recorded" for each in results)
        yield from self.record.wrong(answer.status_code, said, table=TAPS, again=again)
