"""Who may do what: roles, the rights each has, and the branch of the unit tree they hold for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to an office; one person may be several things."""

    OPERATOR = "operator"
    UNIT_HEAD = "unit_head"
    ASSESSOR = "assessor"
    HR = "hr"
    REVIEWER = "reviewer"
    OFFICER = "officer"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a page or an address lets somebody do; each names exactly one."""

    SEE_UNIT = "see_unit"
    """The unit's own figures; they name nobody."""
    SET_UP = "set_up"
    """Units, services, desks, tablets, questionnaire, officers: what the office is made of."""
    SEE_ROSTER = "see_roster"
    """Who the officers are and when they serve."""
    KEEP_ROSTER = "keep_roster"
    """Change duties, take in visits, declare outages; see how the tablets are."""
    CLOSE_MONTH = "close_month"
    SEE_SCORES = "see_scores"
    """The officers' scores of closed months, as HR gets them."""
    SEE_OWN_SCORE = "see_own_score"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_TOKENS = "manage_tokens"
    READ_LOG = "read_log"
    CHECK_IN = "check_in"
    """Say that one serves a desk now."""
    APPROVE_ROSTER = "approve_roster"
    """Approve what somebody else changed of days that have passed."""
    DRAFT_RULE = "draft_rule"
    APPROVE_RULE = "approve_rule"
    """Put a rule that somebody else drafted into force."""
    DECIDE = "decide"
    """Confirm or change what the figures propose for an officer."""
    WRITE_NOTE = "write_note"
    """Write to an officer as the superior."""
    REVIEW = "review"
    """Decide quarantined responses, inquiries and objections."""
    REVISE = "revise"
    """Prepare a revision of a closed month, or approve somebody else's."""
    RECOGNISE = "recognise"
    """See who may be named, thank them, and what training would help."""
    READ_COMMENTS = "read_comments"
    """Read what citizens wrote, masked; tag, answer, forward and close it."""
    IMPROVE = "improve"
    """Keep the follow-up register: plan, tell how it goes, hand in evidence."""
    PUBLISH = "publish"
    """Issue the official report, publish a period, keep the log of publications."""
    ENTER_PAPER = "enter_paper"
    """Type or take in paper questionnaires."""
    RECORD_VISITS = "record_visits"
    """What a queue machine's token may do, and nothing else."""
    LIST_UNITS = "list_units"
    """Codes and names of units, for programs; people see them with any right."""


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.OPERATOR: frozenset(
        {
            Right.SEE_UNIT,
            Right.SET_UP,
            Right.SEE_ROSTER,
            Right.KEEP_ROSTER,
            Right.MANAGE_ACCOUNTS,
            Right.MANAGE_TOKENS,
            Right.READ_LOG,
            Right.ENTER_PAPER,
        }
    ),
    Role.UNIT_HEAD: frozenset(
        {
            Right.SEE_UNIT,
            Right.SEE_ROSTER,
            Right.KEEP_ROSTER,
            Right.APPROVE_ROSTER,
            Right.CLOSE_MONTH,
            Right.WRITE_NOTE,
            Right.REVISE,
            Right.RECOGNISE,
            Right.READ_COMMENTS,
            Right.IMPROVE,
            Right.PUBLISH,
            Right.ENTER_PAPER,
        }
    ),
    Role.ASSESSOR: frozenset(
        {
            Right.SEE_UNIT,
            Right.SEE_ROSTER,
            Right.SEE_SCORES,
            Right.DRAFT_RULE,
            Right.DECIDE,
            Right.WRITE_NOTE,
        }
    ),
    Role.HR: frozenset(
        {
            Right.SEE_UNIT,
            Right.SEE_ROSTER,
            Right.APPROVE_ROSTER,
            Right.CLOSE_MONTH,
            Right.SEE_SCORES,
            Right.DRAFT_RULE,
            Right.APPROVE_RULE,
            Right.REVISE,
            Right.RECOGNISE,
            Right.MANAGE_TOKENS,
        }
    ),
    # A reviewer decides without knowing what the decision does to a score (method §7).
    Role.REVIEWER: frozenset({Right.SEE_UNIT, Right.SEE_ROSTER, Right.REVIEW, Right.READ_LOG}),
    Role.OFFICER: frozenset({Right.SEE_UNIT, Right.SEE_OWN_SCORE, Right.CHECK_IN}),
    Role.AUDITOR: frozenset({Right.SEE_UNIT, Right.SEE_ROSTER, Right.SEE_SCORES, Right.READ_LOG}),
}

WITH_SECOND_FACTOR = frozenset({Role.HR, Role.OPERATOR, Role.REVIEWER})
"""Roles that sign in with a second factor; the others may."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Rights in a branch of the unit tree: the unit and all below it; None is the whole tree."""

    rights: frozenset[Right]
    unit_id: int | None = None


Parents = Mapping[int, int | None]
"""Each unit's parent."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may do where: the one place that pages, files, charts and the API ask.

    Examples
    --------
    A city (1) has a dinas (2) with a branch office (3); the head of the dinas sees both, and not
    the city.

    >>> head = Grant(RIGHTS[Role.UNIT_HEAD], unit_id=2)
    >>> scope = Scope((head,), {1: None, 2: 1, 3: 2})
    >>> [scope.may(Right.SEE_UNIT, unit) for unit in (1, 2, 3)]
    [False, True, True]
    >>> scope.may(Right.SET_UP, 2)
    False
    """

    grants: tuple[Grant, ...]
    parents: Parents

    def may(self, right: Right, unit_id: int) -> bool:
        """Say whether a right holds in a unit."""
        return self._holds(right, set(self._with_ancestors(unit_id)))

    def may_everywhere(self, right: Right) -> bool:
        """Say whether a right holds in the whole tree, units to come included."""
        return self._holds(right, {None})

    def may_somewhere(self, right: Right) -> bool:
        """Say whether a right holds in any unit."""
        return any(right in grant.rights for grant in self.grants)

    def units(self, right: Right) -> frozenset[int]:
        """Return the units in which a right holds."""
        return frozenset(unit_id for unit_id in self.parents if self.may(right, unit_id))

    def knows(self, unit_id: int) -> bool:
        """Say whether any right at all holds in a unit; what is beyond does not exist."""
        line = set(self._with_ancestors(unit_id))
        return any(grant.unit_id in line for grant in self.grants)

    def _holds(self, right: Right, line: set[int | None]) -> bool:
        return any(right in grant.rights and grant.unit_id in line for grant in self.grants)

    def _with_ancestors(self, unit_id: int) -> Iterable[int | None]:
        seen: set[int | None] = set()
        at: int | None = unit_id
        while at is not None and at not in seen:
            seen.add(at)
            at = self.parents.get(at)
        return {*seen, None} if unit_id in self.parents else ()
