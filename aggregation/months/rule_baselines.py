"""The rules of a closing with the means that it fixed, for its revisions (method §8.4)."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, select

from aggregation.closings import Closing, ClosingRule, OfficerFigure
from aggregation.method.rule_text import rule_from_json
from aggregation.months.figure_rows import number
from aggregation.months.officer_results import Baseline
from aggregation.people.assignments import officers_of
from aggregation.rules.rule_book import EVERYBODY, rules_in_force


@dataclass(frozen=True, slots=True)
class Baselines:
    """What a closing fixed.

    Attributes
    ----------
    by_version
        By the rule's version, at least the one for everybody.
    """

    by_version: Mapping[str, Baseline]

    @property
    def window_months(self) -> int:
        """The longest window of its rules."""
        return max(each.rule.window_months for each in self.by_version.values())

    @property
    def codes(self) -> tuple[str, ...]:
        """Every element that any of its rules counts."""
        rules = (each.rule for each in self.by_version.values())
        return tuple(dict.fromkeys(code for rule in rules for code in rule.codes))

    def groups_of(
        self, session: Session, closing: Closing, officer_ids: Collection[int]
    ) -> dict[str, dict[int, str]]:
        """Return officers with their group of jobs, by the version of the rule that holds.

        Who has figures keeps rule and group; who has none yet gets those that held at the close.
        """
        known = _known(session, closing)
        found: dict[str, dict[int, str]] = {}
        for officer_id in sorted(officer_ids):
            version, group = known.get(officer_id) or self._at_the_close(
                session, closing, officer_id
            )
            found.setdefault(version, {})[officer_id] = group
        return found

    def _at_the_close(self, session: Session, closing: Closing, officer_id: int) -> tuple[str, str]:
        assigned = officers_of(session, closing.unit_id, closing.month)
        groups = {each.officer_id: each.job_group for each in assigned}
        group = groups.get(officer_id, EVERYBODY)
        book = rules_in_force(session, closing.unit_id, closing.month, closing.closed_at)
        version = book.rule_for(group).version
        return (version if version in self.by_version else closing.rule_version), group


def baselines_of(session: Session, closing: Closing) -> Baselines:
    """Return the rules of a closing with the means that it fixed."""
    rows = session.exec(select(ClosingRule).where(col(ClosingRule.closing_id) == closing.id))
    # A month that was closed before rules had groups keeps one rule, and none of its means.
    general = Baseline(rule_from_json(closing.rule_document), 0, None, {})
    return Baselines(
        {row.version: _baseline(row) for row in rows} or {closing.rule_version: general}
    )


def _baseline(row: ClosingRule) -> Baseline:
    means = json.loads(row.service_means)
    return Baseline(
        rule_from_json(row.document),
        row.n,
        number(row.mu),
        {int(service) if service else None: Decimal(mean) for service, mean in means.items()},
    )


def _known(session: Session, closing: Closing) -> dict[int, tuple[str, str]]:
    rows = session.exec(
        select(OfficerFigure.officer_id, OfficerFigure.rule_version, OfficerFigure.job_group).where(
            col(OfficerFigure.closing_id) == closing.id
        )
    )
    return {officer_id: (version, group) for officer_id, version, group in rows}
