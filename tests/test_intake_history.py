"""Any history of sending, closing and erasing agrees with a record kept in plain objects."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine

from survey.channel import Channel
from survey.followups import FollowupAfterClose, UnknownResponse
from survey.submission import Acceptance, IdReused, NothingAnswered
from tests.record_factories import Office, an_office, rows_of, visit

REFUSALS = (FollowupAfterClose, IdReused, NothingAnswered, UnknownResponse)
ERASED = "…"

ratings = st.integers(1, 4)
more = st.fixed_dictionaries(
    {}, optional={"WAKTU": st.integers(1, 2), "comment": st.sampled_from(["Cepat", "Lambat"])}
)


@dataclass
class Kept:
    """What one citizen sent, as a clerk would write it down."""

    overall: int
    late: bool
    more: dict[str, Any] | None = None

    def agrees(self, more: dict[str, Any]) -> bool:
        kept = self.more or {}
        if kept.get("comment") == ERASED:
            more = {**more, "comment": ERASED}
        return more == kept


def outcome(send: Callable[[], Acceptance]) -> str:
    try:
        return send().status
    except REFUSALS as refusal:
        return type(refusal).__name__


class History(RuleBasedStateMachine):
    """An office and a clerk beside it; the ids of its six citizens begin with its number."""

    engine: ClassVar[Engine]

    def __init__(self) -> None:
        super().__init__()
        self.office: Office = an_office(self.engine)
        self.clerk: dict[UUID, Kept] = {}
        self.closed = False

    def id_of(self, citizen: int) -> UUID:
        return UUID(int=self.office.desk.unit_id * 100 + citizen)

    @rule(citizen=st.integers(0, 5), overall=ratings, more=more)
    def a_tablet_sends(self, citizen: int, overall: int, more: dict[str, Any]) -> None:
        sent = visit(overall, response_id=self.id_of(citizen), **more)
        kept = self.clerk.get(sent.id)
        if kept is None:
            expected = "recorded"
            self.clerk[sent.id] = Kept(overall, self.closed, dict(more) or None)
        else:
            same = kept.overall == overall and kept.agrees(more)
            expected = "known" if same else "IdReused"
        assert outcome(lambda: self.office.send(sent)) == expected

    @rule(citizen=st.integers(0, 5), overall=ratings)
    def a_phone_taps(self, citizen: int, overall: int) -> None:
        sent = visit(overall, response_id=self.id_of(citizen))
        kept = self.clerk.get(sent.id)
        if kept is None:
            expected = "recorded"
            self.clerk[sent.id] = Kept(overall, self.closed)
        else:
            expected = "known" if kept.overall == overall else "IdReused"
        assert outcome(lambda: self.office.send(sent, channel=Channel.DESK_QR)) == expected

    @rule(citizen=st.integers(0, 5), more=more)
    def a_phone_adds(self, citizen: int, more: dict[str, Any]) -> None:
        sent = visit(None, response_id=self.id_of(citizen), **more)
        assert outcome(lambda: self.office.add(sent)) == self.expected_of(sent.id, more)

    def expected_of(self, response_id: UUID, more: dict[str, Any]) -> str:
        kept = self.clerk.get(response_id)
        if not more:
            return "NothingAnswered"
        if kept is None:
            return "UnknownResponse"
        if kept.more is not None:
            return "known" if kept.agrees(more) else "IdReused"
        if self.closed:
            return "FollowupAfterClose"
        kept.more = dict(more)
        return "recorded"

    @rule()
    def the_month_is_closed(self) -> None:
        if not self.closed:
            self.office.close()
        self.closed = True

    @rule()
    def comments_are_erased(self) -> None:
        self.office.change(
            "DELETE FROM private_text WHERE unit_id = :unit", unit=self.office.desk.unit_id
        )
        for kept in self.clerk.values():
            if kept.more and "comment" in kept.more:
                kept.more["comment"] = ERASED

    @invariant()
    def the_record_says_what_the_clerk_says(self) -> None:
        unit_id = self.office.desk.unit_id
        taps = [row for row in self.office.responses if row["unit_id"] == unit_id]
        more = [row for row in self.office.followups if row["unit_id"] == unit_id]
        assert {row["id"]: (row["overall"], row["late"]) for row in taps} == {
            response_id: (kept.overall, kept.late) for response_id, kept in self.clerk.items()
        }
        assert {row["response_id"]: row["waktu"] for row in more} == {
            response_id: kept.more.get("WAKTU")
            for response_id, kept in self.clerk.items()
            if kept.more is not None
        }
        assert len(rows_of(self.office.engine, "known_response")) >= len(self.clerk)


def test_any_history_agrees_with_a_clerk(sqlite_engine: Engine) -> None:
    class Here(History):
        engine = sqlite_engine

    run_state_machine_as_test(Here, settings=settings(max_examples=40, stateful_step_count=20))
