"""A story: one difficult month, closed, objected to, and put right two months later.

An absent officer, a swap of desks at noon, a tablet that was offline over the last midnight, an
outage, ten invented ratings in a burst. Every figure was computed by hand, with a calculator.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from aggregation.appraisal.models import Ground
from aggregation.appraisal.monthly_scores import ScoreRow, Stage, monthly_scores
from aggregation.appraisal.objection_answers import answer_objection
from aggregation.appraisal.objections import WindowClosed, file_objection
from aggregation.appraisal.revision_approval import decide_revision, fingerprint, request_of
from aggregation.appraisal.revision_requests import Asked, draft_of, request_revision
from aggregation.changes.batch import Cause
from aggregation.closings import ClosingRule, OfficerFigure
from aggregation.duties.duty_lines import DayException, DutyLine, RosterLine
from aggregation.duties.recorded_duties import record_duties
from aggregation.models import Officer
from aggregation.months.month_close import close_month
from aggregation.months.revisions import newest_of_each_month, revisions
from aggregation.rules.rule_book import rules_in_force
from aggregation.visits.outages import declare_outage
from survey.channel import Channel
from survey.database import reading, recording, writing
from survey.desks import RatedDesk
from survey.intake import accept_response
from survey.models import ServiceUnit
from survey.month import HalfHour, Month, midnight
from survey.submission import VisitProof
from survey.tickets import issue_tickets, ticket_digest
from tests.factories import make_desk, make_unit, rated_desk
from tests.month_factories import OCTOBER
from tests.record_factories import RECEIPT_KEY, visit
from tests.score_factories import STAFF_URL

JAKARTA = ZoneInfo("Asia/Jakarta")
NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
SARI, BUDI, WATI = "sari", "budi", "wati"


def local(day: int, hour: int, minute: int = 0, month: Month = OCTOBER) -> datetime:
    return datetime(month.year, month.month, day, hour, minute, tzinfo=JAKARTA)


@dataclass
class TwoDesks:
    """An office with two desks next to each other, and what happens there."""

    engine: Engine
    unit_id: int
    desks: Sequence[RatedDesk]
    officers: dict[str, int]

    def plan(self, when: datetime, reason: str, *lines: DutyLine) -> None:
        with writing(self.engine) as session:
            record_duties(session, self.unit_id, lines, Cause("kepala", reason, when))

    def instead(self, desk: int, who: str, day: int, hours: tuple[int, int]) -> DayException:
        """Say who serves a desk on a day of October, from one full hour to another."""
        first, end = (hour * 2 for hour in hours)
        place = self.desks[desk].id
        return DayException(place, self.officers[who], date(2026, 10, day), first, end)

    def rate(
        self, desk: int, at: datetime, ratings: Iterable[int], *, received: datetime | None = None
    ) -> None:
        """Let citizens rate at a tablet, two minutes apart; their ratings may arrive later."""
        for place, overall in enumerate(ratings):
            then = at + timedelta(minutes=2 * place)
            proof = VisitProof(self.desks[desk], Channel.KIOSK)
            with recording(self.engine) as connection:
                accept_response(
                    connection,
                    proof,
                    visit(overall, served_at=then),
                    received_at=received or then,
                    receipt_key=RECEIPT_KEY,
                )

    def invent(self, desk: int, at: datetime, ratings: Sequence[int]) -> None:
        """Rate with a pile of slips, one every twenty seconds."""
        with writing(self.engine) as session:
            slips = issue_tickets(session, self.desks[desk], len(ratings), at.date())
        for place, (slip, overall) in enumerate(zip(slips, ratings, strict=True)):
            then = at + timedelta(seconds=20 * place)
            proof = VisitProof(self.desks[desk], Channel.TICKET, ticket_digest(slip.token))
            with recording(self.engine) as connection:
                accept_response(
                    connection,
                    proof,
                    visit(overall, served_at=then),
                    received_at=then,
                    receipt_key=RECEIPT_KEY,
                )

    def close(self, month: Month) -> None:
        after = month.shift(1).first_day
        at = datetime(after.year, after.month, 5, 9, tzinfo=JAKARTA)
        with writing(self.engine) as session:
            rules = rules_in_force(session, self.unit_id, month, at)
            close_month(session, self.unit_id, month, closed_by="hr", at=at, rules=rules)

    def rows(
        self, month: Month, as_of: datetime, revision: int | None = None
    ) -> dict[str, ScoreRow]:
        """Return what HR gets, by officer."""
        with reading(self.engine) as session:
            unit = session.get_one(ServiceUnit, self.unit_id)
            facts = {"as_of": as_of, "revision": revision, "staff_url": STAFF_URL}
            found = monthly_scores(session, unit, month, **facts)  # type: ignore[arg-type]
        return {row.officer_key: row for row in found.rows}

    def without_outages(self, month: Month, who: str) -> str | None:
        """Return the index with the rule's switch for outages turned."""
        with reading(self.engine) as session:
            closing = newest_of_each_month(revisions(session, self.unit_id))[month]
            query = select(OfficerFigure.index_other).where(
                col(OfficerFigure.closing_id) == closing.id,
                col(OfficerFigure.officer_id) == self.officers[who],
            )
            return session.exec(query).one()

    def mu(self, month: Month) -> str | None:
        with reading(self.engine) as session:
            closing = newest_of_each_month(revisions(session, self.unit_id))[month]
            query = select(ClosingRule.mu).where(col(ClosingRule.closing_id) == closing.id)
            return session.exec(query).one()


@pytest.fixture
def office(engine: Engine) -> TwoDesks:
    with writing(engine) as session:
        unit_id = make_unit(session, time_zone="Asia/Jakarta")
        made = [make_desk(session, unit_id, services=()) for _ in range(2)]
        people = [
            Officer(key=name, staff_number=f"HL-{name}", name=name.title(), employment="NON_ASN")
            for name in (SARI, BUDI, WATI)
        ]
        session.add_all(people)
        session.flush()
        officers = {person.key: person.id or 0 for person in people}
        desks = [rated_desk(session, desk) for desk in made]
        roster = [
            RosterLine(desk.id, officers[who], weekday, date(2026, 10, 1), 16, 30)
            for desk, who in zip(desks, (SARI, BUDI), strict=True)
            for weekday in range(1, 6)
        ]
        record_duties(session, unit_id, roster, Cause("kepala", "", local(1, 6)))
    return TwoDesks(engine, unit_id, desks, officers)


def october(office: TwoDesks) -> None:
    """Let the month happen, day by day."""
    office.rate(0, local(5, 9), [4, 4, 3, 4] * 5)
    office.rate(1, local(5, 9), [3, 4] * 12)
    # Sari is ill; Wati stands in.
    office.plan(local(6, 7), "Sari sakit", office.instead(0, WATI, 6, (8, 15)))
    office.rate(0, local(6, 9), [3, 3, 4] * 4)
    # The two swap desks at noon, says the roster.
    swap = office.instead(0, BUDI, 7, (12, 15)), office.instead(1, SARI, 7, (12, 15))
    office.plan(local(7, 7), "Tukar loket", *swap)
    office.rate(0, local(7, 9), [4] * 6)
    office.rate(0, local(7, 12, 10), [2] * 4)
    office.rate(0, local(7, 13, 10), [3] * 3)
    office.rate(1, local(7, 12, 10), [4] * 5)
    office.rate(1, local(7, 13, 10), [3] * 2)
    # The network is down at the first desk.
    nine = HalfHour(midnight(date(2026, 10, 8)) + 18)
    with writing(office.engine) as session:
        cause = Cause("kepala", "Jaringan pusat padam", local(8, 11, 30))
        span = nine, HalfHour(nine + 4)
        declare_outage(session, office.unit_id, office.desks[0].id, span, cause)
    office.rate(0, local(8, 9, 30), [2] * 5)
    office.rate(0, local(8, 13), [4] * 5)
    office.invent(1, local(9, 10), [4] * 10)
    # The second tablet has no network until twenty past midnight.
    office.rate(1, local(30, 14, 10), [3] * 6, received=local(1, 0, 20, NOVEMBER))


def later_months(office: TwoDesks) -> None:
    """November and December are quiet."""
    office.rate(0, local(2, 9, month=NOVEMBER), [4] * 10)
    office.rate(1, local(2, 9, month=NOVEMBER), [3] * 10)
    office.close(NOVEMBER)
    office.rate(0, local(7, 9, month=DECEMBER), [3] * 10)
    office.rate(1, local(7, 9, month=DECEMBER), [4] * 10)
    office.close(DECEMBER)


def object_and_be_heard(office: TwoDesks) -> UUID:
    """Sari says that they swapped at one o'clock; the reviewer finds that she is right."""
    with writing(office.engine) as session:
        text = "Kami bertukar loket pukul 13.00, bukan 12.00."
        filed = file_objection(
            session,
            office.unit_id,
            OCTOBER,
            office.officers[SARI],
            Cause(SARI, text, local(9, 8, month=NOVEMBER)),
        )
        objection_id = filed.id
    with writing(office.engine) as session:
        cause = Cause("inspektur", "Buku piket mencatat 13.00.", local(8, 9, month=Month(2027, 1)))
        answer_objection(session, office.unit_id, objection_id, cause, upheld=True)
    return objection_id


def put_right(office: TwoDesks, objection_id: UUID) -> None:
    """HR corrects the hour between twelve and one; the head looks at it and approves."""
    at = local(8, 14, month=Month(2027, 1))
    with writing(office.engine) as session:
        lines = office.instead(0, SARI, 7, (12, 13)), office.instead(1, BUDI, 7, (12, 13))
        asked = Asked(Ground.OBJECTION, objection_id, lines)
        cause = Cause("hr", "Keberatan diterima", at)
        request_id = request_revision(session, office.unit_id, OCTOBER, asked, cause).id
    with writing(office.engine) as session:
        draft = draft_of(session, request_of(session, office.unit_id, request_id))
        cause = Cause("kepala", "", at)
        decide_revision(session, office.unit_id, request_id, cause, seen=fingerprint(draft))


AFTER_CLOSE = local(6, 9, month=NOVEMBER)
AT_THE_END = local(9, 9, month=Month(2027, 1))


def test_the_month_is_closed_as_computed_by_hand(office: TwoDesks) -> None:
    october(office)
    office.close(OCTOBER)
    rows = office.rows(OCTOBER, AFTER_CLOSE)

    # 43 + 37 + 12 citizens, 155 + 119 + 40 in all: 314 ÷ 92 = 3.4130.
    assert office.mu(OCTOBER) == "3.4130"
    sari, budi, wati = (rows[who] for who in (SARI, BUDI, WATI))
    # 25 × 155 ÷ 43 and 25 × (155 + 30 × 3.4130) ÷ 73.
    assert (sari.n, str(sari.index_raw), str(sari.index)) == (43, "90.12", "88.15")
    # The ten invented ones are held back; the six that came after midnight are not.
    assert (budi.n, str(budi.index_raw), str(budi.index)) == (37, "80.41", "82.61")
    assert (wati.n, wati.basis, wati.index) == (12, "indicative", None)
    assert str(sari.contribution) == "8.82"  # 10 % of 88.15
    # Without the two hours of the outage: 25 × (145 + 102.39) ÷ 68.
    assert office.without_outages(OCTOBER, SARI) == "90.95"
    assert office.without_outages(OCTOBER, BUDI) is None
    assert {row.proposal for row in (sari, budi)} == {"as_expected"}


def test_an_upheld_objection_moves_two_officers_in_three_months_and_nobody_else(
    office: TwoDesks,
) -> None:
    october(office)
    office.close(OCTOBER)
    assert office.rows(OCTOBER, AFTER_CLOSE)[SARI].stage is Stage.WINDOW_OPEN
    later_months(office)
    before = {
        m: office.rows(m, local(7, 9, month=Month(2027, 1))) for m in (OCTOBER, NOVEMBER, DECEMBER)
    }
    assert {m: [str(before[m][w].index) for w in (SARI, BUDI)] for m in before} == {
        OCTOBER: ["88.15", "82.61"],
        NOVEMBER: ["89.72", "81.77"],
        DECEMBER: ["88.22", "83.96"],
    }
    objection_id = object_and_be_heard(office)
    assert office.rows(OCTOBER, local(8, 10, month=Month(2027, 1)))[SARI].stage is Stage.OBJECTED
    put_right(office, objection_id)

    after = {month: office.rows(month, AT_THE_END) for month in before}
    # October: 25 × (143 + 30 × 3.4130) ÷ 72 and 25 × (131 + 102.39) ÷ 68; then with the means of
    # November (3.4286) and December (3.4394), which stay as they were.
    assert {m: [str(after[m][w].index) for w in (SARI, BUDI)] for m in after} == {
        OCTOBER: ["85.20", "85.81"],
        NOVEMBER: ["87.15", "84.57"],
        DECEMBER: ["85.92", "86.42"],
    }
    assert [office.mu(month) for month in after] == ["3.4130", "3.4286", "3.4394"]
    assert office.without_outages(OCTOBER, SARI) == "87.83"
    for month, rows in after.items():
        same = {"revision", "statement_url"}
        kept = {k: v for k, v in vars_of(rows[WATI]).items() if k not in same}
        assert kept == {k: v for k, v in vars_of(before[month][WATI]).items() if k not in same}
        assert (rows[SARI].revision, before[month][SARI].revision) == (1, 0)
    # The first revision reads as ever, and Sari may object to the new figures.
    assert str(office.rows(OCTOBER, AT_THE_END, revision=0)[SARI].index) == "88.15"
    assert after[OCTOBER][SARI].stage is Stage.WINDOW_OPEN
    assert after[OCTOBER][WATI].stage is Stage.FINAL


def test_after_the_last_day_it_is_too_late_to_object(office: TwoDesks) -> None:
    october(office)
    office.close(OCTOBER)
    late = Cause(BUDI, "Terlambat", local(13, 0, 1, NOVEMBER))
    with writing(office.engine) as session, pytest.raises(WindowClosed):
        file_objection(session, office.unit_id, OCTOBER, office.officers[BUDI], late)


def test_what_arrives_after_the_close_is_late_and_enters_no_figure(office: TwoDesks) -> None:
    october(office)
    office.close(OCTOBER)
    before = office.rows(OCTOBER, AT_THE_END)
    office.rate(1, local(29, 9), [1] * 9, received=local(6, 8, month=NOVEMBER))
    assert office.rows(OCTOBER, AT_THE_END) == before


def test_a_story_without_screening_would_have_another_end(office: TwoDesks) -> None:
    """The control: spread over the day, the same ten ratings count and lift Budi's figure."""
    october(office)
    for hour in range(8, 13):
        office.invent(1, local(12, hour), [4, 4])
    office.close(OCTOBER)
    assert office.rows(OCTOBER, AFTER_CLOSE)[BUDI].n == 47


def vars_of(row: ScoreRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in ScoreRow.__dataclass_fields__}
