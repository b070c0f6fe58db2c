"""Actions of the follow-up register, and the files that prove them."""

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from PIL import Image
from pypdf import PdfWriter
from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.evidence.handed_in import check_file
from aggregation.improvements.models import Horizon, Progress
from aggregation.improvements.planning import Plan, plan_action
from aggregation.improvements.progress import Told, tell_progress
from aggregation.improvements.proofs import add_proofs, proofs_of
from aggregation.months.period import Period
from survey.questionnaire import Element
from tests.release_factories import made_counts, made_release

QUARTER = "2026-Q3"
OPENED = datetime(2026, 10, 6, 2, 0, tzinfo=UTC)
"""The sixth of October, nine in the morning in Jakarta."""


def by(at: datetime = OPENED, who: str = "kepala") -> Cause:
    return Cause(who, "", at, who)


def a_plan(**changed: Any) -> Plan:  # noqa: ANN401 - handed on to Plan
    usual: Mapping[str, Any] = {
        "period": Period.parse(QUARTER),
        "element": Element.WAKTU,
        "said": "Antrean pagi terlalu lama.",
        "action": "Membuka satu loket pengambilan",
        "horizon": Horizon.SHORT,
        "quarter": Period.parse("2026-Q4"),
        "due_on": date(2026, 12, 31),
        "responsible": "Kepala Seksi Pelayanan",
    }
    return Plan(**{**usual, **changed})


def planned(session: Session, unit_id: int, cause: Cause | None = None, **changed: Any) -> UUID:  # noqa: ANN401
    """Put an action into the register of a unit that has a released quarter."""
    return plan_action(session, unit_id, a_plan(**changed), cause or by())


def done(
    session: Session,
    unit_id: int,
    action: UUID,
    on: date,
    *,
    seen: UUID | None = None,
    **more: Any,  # noqa: ANN401
) -> UUID:
    """Tell that an action was done on a day, at noon of that day."""
    told = Told(Progress.DONE, done_on=on, **{"text": "Loket pengambilan dibuka.", **more})
    at = datetime(on.year, on.month, on.day, 5, tzinfo=UTC)
    return tell_progress(session, unit_id, action, told, by(at), seen=seen)


def released_quarter(session: Session, unit_id: int, period: str = QUARTER) -> None:
    made_release(session, unit_id, period, made_counts(60))


@cache
def picture(kind: str = "PNG", side: int = 40, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's
    """Return a small picture."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((side, side)).convert("RGB").save(file, kind, **options)
    return file.getvalue()


@cache
def document() -> bytes:
    """Return a small PDF of one empty page."""
    file = io.BytesIO()
    written = PdfWriter()
    written.add_blank_page(200, 200)
    written.write(file)
    return file.getvalue()


def kept_proof(session: Session, unit_id: int, action: UUID) -> UUID:
    """Keep a picture as the first proof of an action."""
    add_proofs(session, unit_id, action, [check_file("foto.png", picture())], by())
    [file] = proofs_of(session, unit_id, action)
    return file.id
