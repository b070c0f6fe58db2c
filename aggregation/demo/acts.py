"""What people of the demo office did after its newest closing: so that no page is empty.

The assessor has confirmed all proposals but the last two, the head has written a note, one
officer has objected and waits for the reviewer. The register answers the two newest quarters.
"""

from datetime import timedelta

from sqlmodel import Session, col, select

from aggregation.access.models import Account, AccountRole
from aggregation.access.roles import Role
from aggregation.appraisal.decisions import Decider, Seen, decide
from aggregation.appraisal.models import NoteKind
from aggregation.appraisal.notes import write_note
from aggregation.appraisal.objections import file_objection
from aggregation.changes.batch import Cause
from aggregation.closings import Closing, OfficerFigure
from aggregation.demo.comment_acts import act_on_comments, release_demo_comments
from aggregation.demo.improvements import add_demo_improvements
from aggregation.demo.office import OFFICERS, UNIT_CODE
from aggregation.demo.publications import publish_demo
from aggregation.demo.report import issue_demo_report
from aggregation.method.component import Proposal
from aggregation.models import Officer
from aggregation.months.revisions import newest_of_each_month, revisions
from survey.settings import Settings
from survey.units import known_unit, unit_with

LEFT_TO_DECIDE = 2
_THANKED, _OBJECTS = OFFICERS[0].number, OFFICERS[3].number
_NOTE = (
    "Terima kasih atas kesabaran Anda melayani warga lanjut usia. Mohon berbagi caranya pada "
    "rapat pagi."
)
_OBJECTION = (
    "Pada minggu kedua jaringan perekaman sering putus dan antrean panjang. Mohon diperiksa "
    "apakah penilaian pada jam itu memang untuk saya."
)


def add_demo_acts(session: Session, settings: Settings) -> None:
    """Let people act on the newest closed month; nothing if no month is closed."""
    unit = known_unit(unit_with(session, UNIT_CODE))
    unit_id = unit.id
    closed = newest_of_each_month(revisions(session, unit_id))
    if not closed:
        return
    closing = closed[max(closed)]
    _confirm(session, closing, _account(session, Role.ASSESSOR))
    head = _account(session, Role.UNIT_HEAD)
    _write(session, closing, head)
    read_at = closing.closed_at + timedelta(days=6)
    release_demo_comments(session, unit_id, closing.closed_at + timedelta(days=5))
    act_on_comments(session, unit_id, Cause(head.key, "", read_at, head.key), _THANKED)
    _object(session, closing)
    add_demo_improvements(session, unit_id, _account(session, Role.UNIT_HEAD).key)
    published_at = Cause(head.key, "", closing.closed_at + timedelta(days=7), head.key)
    publish_demo(session, unit, list(closed), settings, published_at)
    issue_demo_report(session, unit, list(closed), published_at)


def _confirm(session: Session, closing: Closing, assessor: Account) -> None:
    proposals = session.exec(
        select(OfficerFigure.officer_id, OfficerFigure.proposal)
        .where(
            col(OfficerFigure.closing_id) == closing.id, col(OfficerFigure.proposal).is_not(None)
        )
        .order_by(col(OfficerFigure.name))
    ).all()
    cause = Cause(assessor.key, "", closing.closed_at + timedelta(days=3), assessor.key)
    for officer_id, proposal in proposals[:-LEFT_TO_DECIDE]:
        decide(
            session,
            closing.unit_id,
            closing.month,
            officer_id,
            Proposal(str(proposal)),
            seen=Seen(closing.revision, str(proposal)),
            decider=Decider(assessor.name, None),
            cause=cause,
        )


def _write(session: Session, closing: Closing, head: Account) -> None:
    write_note(
        session,
        closing.unit_id,
        closing.month,
        _officer(session, _THANKED),
        kind=NoteKind.APPRECIATION,
        text=_NOTE,
        cause=Cause(head.key, "", closing.closed_at + timedelta(days=1), head.key),
        author_officer_id=None,
    )


def _object(session: Session, closing: Closing) -> None:
    cause = Cause("demo", _OBJECTION, closing.closed_at + timedelta(days=4), "demo")
    file_objection(session, closing.unit_id, closing.month, _officer(session, _OBJECTS), cause)


def _officer(session: Session, number: str) -> int:
    return session.exec(select(Officer.id).where(col(Officer.nip) == number)).one() or 0


def _account(session: Session, role: Role) -> Account:
    return session.exec(
        select(Account)
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .where(col(AccountRole.role) == role)
    ).one()
