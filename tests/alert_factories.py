"""A unit of which something has to be known: hours, a tablet, a register, and what waits."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlmodel import Session

from aggregation.access.accounts import RoleIn
from aggregation.access.models import Account
from aggregation.access.roles import Role
from aggregation.alerts.look_round import Changed, Detectors, look, settle
from aggregation.alerts.models import AlertKind
from aggregation.alerts.notices import Notice
from aggregation.comments.models import Comment, CommentBatch
from aggregation.improvements.models import Improvement
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from survey.findings import note
from survey.models import Desk, ServiceUnit
from survey.opening_hours import OpenDay, OpeningHours
from survey.screening import Signal
from tests.factories import make_desk
from tests.fleet_factories import stand_tablet
from tests.month_factories import MONDAY_AT_9, OCTOBER, Seen, small_office, store
from tests.questionnaires import alike
from tests.screening_factories import ids_in
from tests.staff_factories import make_account, make_office

JAKARTA = ZoneInfo("Asia/Jakarta")
WEEKDAYS = OpeningHours((OpenDay(time(8), time(15)),) * 5 + (None, None)).stored()


def at(day: int, hour: int = 9, minute: int = 0, month: int = 11) -> datetime:
    """Return a moment of 2026 by the clock of Jakarta."""
    return datetime(2026, month, day, hour, minute, tzinfo=JAKARTA).astimezone(UTC)


def look_round(session: Session, unit: ServiceUnit, at: datetime, detectors: Detectors) -> Changed:
    """Raise what is new in a unit and end what is over, as a night does."""
    return settle(session, unit, look(session, unit, at, detectors), at)


def made_unit(
    session: Session, code: str = "KANTOR", name: str = "Disdukcapil Contoh"
) -> ServiceUnit:
    """Make a unit that is open from Monday to Friday, 08.00 to 15.00."""
    unit = session.get_one(ServiceUnit, make_office(session, code, name))
    unit.opening_hours = WEEKDAYS
    session.flush()
    return unit


def made_tablet(
    session: Session,
    unit: ServiceUnit,
    in_touch: datetime,
    **told: Any,  # noqa: ANN401
) -> UUID:
    """Let a tablet stand at a new desk of the unit."""
    desk = session.get_one(Desk, make_desk(session, unit.id, services=()).id)
    return stand_tablet(session, desk, in_touch, **told)


def made_action(session: Session, unit: ServiceUnit, number: int, due_on: date) -> UUID:
    """Plan an action of the follow-up register."""
    row = {
        "id": uuid4(), "unit_id": unit.id, "number": number, "period": "2026-Q3",
        "element": "WAKTU", "said": "", "action": "Tambah kursi", "horizon": "short",
        "quarter": "2026-Q4", "due_on": due_on, "responsible": "Kepala seksi",
        "opened_at": at(1, month=10), "opened_by": "kepala",
    }  # fmt: skip
    session.execute(insert(Improvement), row)
    return UUID(str(row["id"]))


def made_comments(
    session: Session, unit: ServiceUnit, released_on: date, count: int = 5
) -> list[UUID]:
    """Release comments that nobody has read."""
    batch = {"id": uuid4(), "unit_id": unit.id, "released_on": released_on, "size": count}
    session.execute(insert(CommentBatch), batch)
    rows = [
        {"id": uuid4(), "unit_id": unit.id, "batch_id": batch["id"], "month": OCTOBER,
         "desk_id": None, "text": "Cepat sekali", "masked": 0}
        for _ in range(count)
    ]  # fmt: skip
    session.execute(insert(Comment), rows)
    return [UUID(str(row["id"])) for row in rows]


def hold_responses(session: Session, found_on: date, count: int = 3) -> ServiceUnit:
    """Let a new unit have so many responses in quarantine since a day."""
    office = small_office(session)
    store(session, office, [Seen(MONDAY_AT_9)] * count)
    found = [(id_, Signal.BURST) for id_ in ids_in(session, office)]
    note(session.connection(), office.unit_id, OCTOBER, found, found_on)
    return session.get_one(ServiceUnit, office.unit_id)


def threes(count: int, n: int = 100) -> QuestionnaireCounts:
    """Return n sheets, so many of which rate all nine elements 3 and the others 4.

    Of a hundred, each three less is a quarter of an index point more.
    """
    return QuestionnaireCounts.of(alike(3 if place < count else 4) for place in range(n))


def silent(subject: str = "t1", **facts: str | int) -> Notice:
    """Return the notice of a silent tablet."""
    known: dict[str, str | int] = {
        "desk": "Loket 3", "desk_id": 1, "since": "2026-11-03T01:00+00:00"
    }  # fmt: skip
    return Notice(AlertKind.TABLET, subject, {**known, **facts})


def mailed_account(session: Session, email: str, role: Role, unit_id: int | None, name: str) -> int:
    """Make an account whose owner has come in once, so that mail goes there."""
    made = make_account(session, RoleIn(role, unit_id), email=email, name=name)
    session.get_one(Account, made).password_hash = "x"
    return made
