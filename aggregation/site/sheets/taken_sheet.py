"""A file handed in on a page: first looked at and undone, then taken in as it was seen."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from aggregation.office.sheet_template import SheetKind
from aggregation.office.take_in import read_kind, take_sheet_in
from aggregation.sheets.sheet_import import Outcome, SheetRefused
from aggregation.site.guard import cause, me, unit
from aggregation.site.sheets.checked_sheet import CheckedSheet, digest_of, seal, unseal
from survey.database import writing
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


def preview(kind: SheetKind, data: bytes, reason: str) -> Preview:
    """Say what a file would do, having done nothing.

    Raises
    ------
    SheetUnreadable
        If the file holds no such table.
    SheetRefused
        If lines of it are bad, with all of them.
    """
    outcome, _ = _take(kind, data, reason, seen=None)
    checked = CheckedSheet(data, reason, digest_of(outcome))
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
        outcome, is_kept = _take(kind, checked.data, checked.reason, seen=checked.digest)
    except (SheetRefused, IntegrityError) as error:
        raise SheetMoved(checked) from error
    if not is_kept:
        raise SheetMoved(checked)
    return outcome


def _take(kind: SheetKind, data: bytes, reason: str, *, seen: str | None) -> tuple[Outcome, bool]:
    """Take a file in, and undo it unless it does what was seen; say whether it was kept."""
    sheet = read_kind(kind, data)
    with writing(here().engine) as session:
        row = unit_with(session, unit().code)
        outcome = take_sheet_in(session, kind, sheet, row, cause(reason), below_only=True)
        is_kept = seen == digest_of(outcome)
        if not is_kept:
            session.rollback()
    return outcome, is_kept


def _key() -> bytes:
    return here().settings.key("previewed sheet")


def _about(kind: SheetKind) -> str:
    return f"{me().key} {unit().id} {kind}"
