"""What a unit's pages show of its rules: those in force, those to come, drafts, and all before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import abort
from sqlmodel import Session

from aggregation.access.accounts import names_of
from aggregation.access.roles import Right
from aggregation.method.rule import DEFAULT_RULE, Rule
from aggregation.rules.rule_book import RuleBook, rules_in_force
from aggregation.rules.rule_history import RuleEntry, RuleState, rules_of, state_of, successor
from aggregation.rules.rule_reach import line_above
from aggregation.site.guard import me, unit
from survey.language import worded
from survey.month import Month

STATES: Mapping[RuleState, tuple[str, str]] = {
    RuleState.WAITING: ("warn", worded("menunggu persetujuan")),
    RuleState.EXPIRED: ("", worded("lewat bulannya")),
    RuleState.REJECTED: ("", worded("ditolak")),
    RuleState.AHEAD: ("", worded("akan berlaku")),
    RuleState.IN_FORCE: ("ok", worded("berlaku")),
    RuleState.SUCCEEDED: ("", worded("sudah digantikan")),
}
"""The kind of chip and the words of each state."""


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule or draft on a page.

    Attributes
    ----------
    unit
        The unit's name if it is one above, else None.
    follower
        The approved rule that takes over after it, if there is one.
    may_be_approved
        Whether whoever reads it did not draft it.
    """

    entry: RuleEntry
    rule: Rule
    state: RuleState
    unit: str | None
    drafted_by: str
    drafted_on: date
    decided_by: str | None
    decided_on: date | None
    follower: RuleEntry | None
    may_be_approved: bool

    @property
    def version(self) -> str:
        """The rule's number."""
        return self.entry.drafted.version


@dataclass(frozen=True, slots=True)
class VisibleRules:
    """The rules of the unit of the address, as one may see them.

    Attributes
    ----------
    running
        The month that runs in the unit.
    book
        What is in force in it.
    rules
        Of the unit and those above it, those of the latest months first.
    """

    running: Month
    book: RuleBook
    rules: Sequence[ShownRule]

    def with_version(self, version: str) -> ShownRule | None:
        """Return a rule by its number; None for the default one, which nobody drafted."""
        found = [shown for shown in self.rules if shown.version == version]
        if not found and version != DEFAULT_RULE.version:
            abort(404)
        return found[0] if found else None

    def in_state(self, *states: RuleState) -> list[ShownRule]:
        """Return the rules that stand in one of some states."""
        return [shown for shown in self.rules if shown.state in states]


def visible_rules(session: Session) -> VisibleRules:
    """Return the rules of the unit of the address; drafts of units above only where one belongs."""
    now = datetime.now(UTC)
    running = Month.of(unit().day_of(now))
    book = rules_in_force(session, unit().id, running, now)
    entries = [entry for entry in rules_of(session, line_above(session, unit().id)) if _open(entry)]
    keys = {entry.drafted.drafted_by for entry in entries}
    names = names_of(session, keys | {e.decision.decided_by for e in entries if e.decision})
    return VisibleRules(
        running, book, [_shown(entry, entries, book, running, names) for entry in entries]
    )


def _open(entry: RuleEntry) -> bool:
    return entry.is_approved or me().scope.may(Right.SEE_UNIT, entry.drafted.unit_id)


def _shown(
    entry: RuleEntry,
    entries: Sequence[RuleEntry],
    book: RuleBook,
    running: Month,
    names: Mapping[str, str],
) -> ShownRule:
    drafted, decision = entry.drafted, entry.decision
    by = decision.decided_by if decision else None
    return ShownRule(
        entry=entry,
        rule=entry.rule,
        state=state_of(entry, entries, book, running),
        unit=None if drafted.unit_id == unit().id else entry.unit,
        drafted_by=names.get(drafted.drafted_by, drafted.drafted_by),
        drafted_on=unit().day_of(drafted.drafted_at),
        decided_by=names.get(by, by) if by else None,
        decided_on=unit().day_of(decision.decided_at) if decision else None,
        follower=successor(entry, entries),
        may_be_approved=drafted.drafted_by != me().key,
    )
