"""A file handed in on a page: first looked at and undone, then taken in as it was seen."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from aggregation.office.sheet_template import SheetKind
from aggregation.office.take_in import read_kind, take_sheet_in
from aggregation.paper.paper_import import PaperTerms
from aggregation.sheets.sheet_import import Outcome, SheetRefused
from aggregation.site.guard import cause, me, unit
from aggregation.site.sheets.checked_sheet import CheckedSheet, digest_of, seal, unseal
from survey.database import writing
from survey.questionnaire import ElementOrder
from survey.site import here
from survey.units import unit_with


class SheetMoved(Exception):
    """Something has changed since the preview, so the file would now do something else."""

    def __init__(self, checked: CheckedSheet) -> None:
        """Keep the file, to be looked at again."""
        super().__init__()
        self.checked = checked


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do, and the file as the page carries it to the confirmation."""

    outcome: Outcome
    sealed: str


def preview(kind: SheetKind, data: bytes, reason: str, order: str = "") -> Preview:
    """Say what a file would do, having done nothing.

    Parameters
    ----------
    order
        What U8 and U9 of questionnaires are, "body" or "annex"; the unit's own order if empty.

    Raises
    ------
    SheetUnreadable
        If the file holds no such table.
    SheetRefused
        If lines of it are bad, with all of them.
    """
    asked = CheckedSheet(data, reason, "", order)
    outcome, _ = _take(kind, asked, keeps=False)
    checked = CheckedSheet(data, reason, digest_of(outcome), order)
    return Preview(outcome, seal(checked, _key(), _about(kind)))


def confirm(kind: SheetKind, sealed: str) -> Outcome:
    """Take in a file that was previewed: all of it, exactly as it was seen, or nothing.

    Raises
    ------
    SealBroken
        If the preview is too old, or not of this account, unit and kind.
    SheetMoved
        If it would do something else by now.
    """
    checked = unseal(sealed, _key(), _about(kind))
    try:
        outcome, is_kept = _take(kind, checked, keeps=True)
    except (SheetRefused, IntegrityError) as error:
        raise SheetMoved(checked) from error
    if not is_kept:
        raise SheetMoved(checked)
    return outcome


def _take(kind: SheetKind, checked: CheckedSheet, *, keeps: bool) -> tuple[Outcome, bool]:
    """Take a file in, and undo it unless it does what was seen; say whether it was kept."""
    sheet = read_kind(kind, checked.data)
    order = ElementOrder(checked.order) if checked.order else None
    with writing(here().engine) as session:
        row = unit_with(session, unit().code)
        outcome = take_sheet_in(
            session,
            kind,
            sheet,
            row,
            cause(checked.reason),
            below_only=True,
            paper=PaperTerms(here().settings, order),
        )
        is_kept = keeps and checked.digest == digest_of(outcome)
        if not is_kept:
            session.rollback()
    return outcome, is_kept


def _key() -> bytes:
    return here().settings.key("previewed sheet")


def _about(kind: SheetKind) -> str:
    return f"{me().key} {unit().id} {kind}"
