"""A closed month with proposals of every kind, and the people who decide on them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session, col, select

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.appraisal.decisions import Decider, Seen, decide
from aggregation.appraisal.models import Decision, Objection
from aggregation.changes.batch import Cause, open_batch
from aggregation.closings import OfficerFigure
from aggregation.method.component import Proposal
from aggregation.method.rule import DEFAULT_RULE
from aggregation.models import Assignment, Officer
from aggregation.months.month_close import close_month
from aggregation.months.revisions import revisions
from aggregation.rules.rule_book import only
from survey.models import ServiceUnit
from tests.month_factories import (
    AFTER_OCTOBER,
    OCTOBER,
    Shift,
    SmallOffice,
    at,
    small_office,
    store,
)
from tests.month_factories import (
    Seen as Visit,
)
from tests.staff_factories import make_account

SIXTH = datetime.fromisoformat("2026-11-06T03:00:00+00:00")
RATED: tuple[tuple[int, int, int, int], ...] = (
    (0, 0, 2, 118),
    (0, 3, 50, 51),
    (0, 2, 48, 46),
    (4, 26, 50, 8),
    (0, 0, 0, 121),
    (1, 3, 38, 35),
    (0, 4, 30, 47),
    (0, 1, 5, 6),
    (0, 1, 1, 2),
)
"""How many 1s, 2s, 3s and 4s each officer got: above, expected, …, below, …, too few twice."""

ABOVE, EXPECTED, BELOW, INDICATIVE, TOO_FEW = 0, 1, 3, 7, 8


@dataclass(frozen=True)
class DecidedOffice:
    """A closed month by its keys."""

    office: SmallOffice
    code: str
    keys: tuple[str, ...]

    @property
    def unit_id(self) -> int:
        return self.office.unit_id

    def officer(self, place: int) -> int:
        return self.office.officers[place]


def proposing_office(
    session: Session, rated: tuple[tuple[int, int, int, int], ...] = RATED
) -> DecidedOffice:
    """Close an October with proposals; officers serve three desks, on one weekday each."""
    shifts = [
        Shift(n % 3, n, 1 + n // 3 % 5, 16 + n // 15 * 3, 19 + n // 15 * 3)
        for n in range(len(rated))
    ]
    office = small_office(session, shifts, officers=len(rated))
    for n, counts in enumerate(rated):
        half_hour = at(5 + n // 3 % 5, 0) + shifts[n].first
        visits = [
            Visit(half_hour, desk=n % 3, overall=rating)
            for rating, count in enumerate(counts, start=1)
            for _ in range(count)
        ]
        store(session, office, visits)
    close(session, office.unit_id)
    keys = [session.get_one(Officer, each).key for each in office.officers]
    code = session.get_one(ServiceUnit, office.unit_id).code
    return DecidedOffice(office, code, tuple(keys))


def close(session: Session, unit_id: int) -> None:
    close_month(
        session, unit_id, OCTOBER, closed_by="uji", at=AFTER_OCTOBER, rules=only(DEFAULT_RULE)
    )


def place(
    session: Session, office: DecidedOffice, who: int, *, assessor_id: int | None = None
) -> None:
    """Let an officer belong to the office, with an assessor or without."""
    batch_id = open_batch(session, office.unit_id, Cause("uji", "", AFTER_OCTOBER))
    row = {"unit_id": office.unit_id, "starts_on": date(2026, 1, 1), "batch_id": batch_id}
    own = {"id": uuid4(), "officer_id": office.officer(who), "assessor_id": assessor_id}
    session.execute(insert(Assignment), {**row, **own})


def figure_of(session: Session, office: DecidedOffice, who: int) -> OfficerFigure:
    closing = revisions(session, office.unit_id)[-1]
    return session.get_one(OfficerFigure, (closing.id, office.officer(who)))


def in_view(session: Session, office: DecidedOffice, who: int) -> Seen:
    """Return what somebody sees who opens the list now."""
    closing = revisions(session, office.unit_id)[-1]
    figure = figure_of(session, office, who)
    made = [
        each for each in decisions_on(session, office, who) if each.revision >= figure.computed_in
    ]
    proposal = figure.proposal or Proposal.EXPECTED
    return Seen(closing.revision, proposal, made[-1].id if made else None)


def decisions_on(session: Session, office: DecidedOffice, who: int) -> list[Decision]:
    asked = select(Decision).where(
        col(Decision.unit_id) == office.unit_id, col(Decision.officer_id) == office.officer(who)
    )
    return list(session.exec(asked.order_by(col(Decision.decided_at))))


def decided(
    session: Session,
    office: DecidedOffice,
    who: int,
    decision: Proposal | None = None,
    reason: str = "",
    *,
    seen: Seen | None = None,
    by: int | None = None,
    when: datetime = SIXTH,
) -> UUID:
    """Decide on an officer; confirm what is proposed unless told otherwise."""
    view = seen or in_view(session, office, who)
    return decide(
        session,
        office.unit_id,
        OCTOBER,
        office.officer(who),
        decision or Proposal(view.proposal),
        seen=view,
        decider=Decider("Rina Penilai", by),
        cause=Cause("penilai", reason, when, "penilai"),
    )


def object_to(session: Session, office: DecidedOffice, who: int, revision: int = 0) -> None:
    """Let an officer object to the figures."""
    session.add(
        Objection(
            id=uuid4(),
            unit_id=office.unit_id,
            month=OCTOBER,
            officer_id=office.officer(who),
            revision=revision,
            filed_at=SIXTH,
            filed_by="petugas",
            text="Jam saya tertukar pada tanggal 6.",
        )
    )
    session.flush()


def assessor_account(
    session: Session, office: DecidedOffice, *, officer_id: int | None = None
) -> int:
    return make_account(
        session,
        RoleIn(Role.ASSESSOR, office.unit_id),
        name="Rina Penilai",
        officer_id=officer_id,
    )
