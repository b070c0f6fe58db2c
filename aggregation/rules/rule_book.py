"""Which rule holds for whom in a month (method §6).

The nearest unit of the tree that has a rule decides, first with the rule of the officer's group of
jobs, then with the one for everybody. Where nobody has decided anything the default rule holds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from aggregation.method.rule import DEFAULT_RULE, Rule
from aggregation.method.rule_text import rule_from_json
from aggregation.rules.models import RuleDecision, ScoringRule
from survey.models import ServiceUnit
from survey.month import Month

EVERYBODY = ""
"""The group of jobs of a rule that holds for all groups without one of their own."""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules of a unit in a month.

    Attributes
    ----------
    general
        For everybody whose group has none.
    of_groups
        By group of jobs.
    """

    general: Rule
    of_groups: Mapping[str, Rule]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of the book, the general one first."""
        return self.general, *(self.of_groups[group] for group in sorted(self.of_groups))

    @property
    def window_months(self) -> int:
        """The longest window."""
        return max(rule.window_months for rule in self.rules)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every element that any rule counts, the general rule's first."""
        return tuple(dict.fromkeys(code for rule in self.rules for code in rule.codes))

    def rule_for(self, job_group: str) -> Rule:
        """Return the rule that holds for a group of jobs."""
        return self.of_groups.get(job_group, self.general)


def only(rule: Rule) -> RuleBook:
    """Return a book with one rule, which holds for everybody."""
    return RuleBook(rule, {})


def rules_in_force(
    session: Session,
    unit_id: int,
    month: Month,
    at: datetime,
    as_if: ScoringRule | None = None,
) -> RuleBook:
    """Return the rules of a unit's month, as they were approved by a moment.

    Parameters
    ----------
    as_if
        A draft that is taken as approved last, to see what it would do.
    """
    approved = _approved(session, month, at, as_if)
    general: Rule | None = None
    of_groups: dict[str, Rule] = {}
    for each in _upwards(session, unit_id):
        here = approved.get(each, {})
        if general is None:
            # A group's rule of a unit further up gives way to this unit's own for everybody.
            of_groups = {**here, **of_groups}
            general = here.get(EVERYBODY)
    of_groups.pop(EVERYBODY, None)
    return RuleBook(general or DEFAULT_RULE, of_groups)


def _approved(
    session: Session, month: Month, at: datetime, as_if: ScoringRule | None
) -> dict[int, dict[str, Rule]]:
    """Return, by unit and group, the newest approved rule that is in force in a month."""
    rows = session.exec(
        select(ScoringRule)
        .join(RuleDecision, col(RuleDecision.rule_id) == col(ScoringRule.id))
        .where(
            col(RuleDecision.approved),
            col(RuleDecision.decided_at) <= at,
            col(ScoringRule.effective_from) <= month,
        )
        .order_by(col(ScoringRule.effective_from), col(RuleDecision.decided_at))
    )
    return _newest([*rows.all(), *([as_if] if as_if else [])])


def _newest(rows: Sequence[ScoringRule]) -> dict[int, dict[str, Rule]]:
    found: dict[int, dict[str, Rule]] = {}
    for row in rows:
        found.setdefault(row.unit_id, {})[row.job_group] = rule_from_json(row.document)
    return found


def _upwards(session: Session, unit_id: int) -> Iterator[int]:
    """Yield a unit and those above it, the nearest first."""
    columns = select(col(ServiceUnit.id), col(ServiceUnit.parent_id))
    parents = dict(session.execute(columns).all())
    at: int | None = unit_id
    seen: set[int] = set()
    while at is not None and at not in seen:
        seen.add(at)
        yield at
        at = parents.get(at)
