"""What a token may be for: its scopes, and the right that each one is."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from aggregation.access.roles import Grant, Right, Scope


class TokenScope(StrEnum):
    """What a program may do with a token; a token has one or more."""

    READ_SCORES = "read:scores"
    """The officers' scores of closed months, closings and manifests: what HR takes."""
    READ_INDICES = "read:indices"
    """The satisfaction index of units; it names nobody."""
    READ_UNITS = "read:units"
    WRITE_VISITS = "write:visits"
    """For the queue machine: which visits were served where, and nothing else."""


RIGHT_OF: Mapping[TokenScope, Right] = {
    TokenScope.READ_SCORES: Right.SEE_SCORES,
    TokenScope.READ_INDICES: Right.SEE_UNIT,
    TokenScope.READ_UNITS: Right.LIST_UNITS,
    TokenScope.WRITE_VISITS: Right.RECORD_VISITS,
}
"""The right that a program has by a scope."""

TAKES: Mapping[TokenScope, Right] = {
    TokenScope.READ_SCORES: Right.SEE_SCORES,
    TokenScope.READ_INDICES: Right.SEE_UNIT,
    TokenScope.READ_UNITS: Right.SEE_UNIT,
    TokenScope.WRITE_VISITS: Right.KEEP_ROSTER,
}
"""The right that a person must have to give a scope: nobody gives more than he may himself.

An operator sees no scores and so gives nobody a way to them: HR makes its own token.
"""


def grant(scopes: Iterable[TokenScope], unit_id: int | None) -> Grant:
    """Return what a token with these scopes may do in its branch."""
    return Grant(frozenset(RIGHT_OF[scope] for scope in scopes), unit_id)


def may_give(giver: Scope, scope: TokenScope, unit_id: int | None) -> bool:
    """Say whether somebody may give a token a scope for a branch; None is the whole tree."""
    asked = (Right.MANAGE_TOKENS, TAKES[scope])
    if unit_id is None:
        return all(map(giver.may_everywhere, asked))
    return all(giver.may(right, unit_id) for right in asked)


def given_somewhere(giver: Scope) -> tuple[TokenScope, ...]:
    """Return the scopes that somebody may give in any branch."""
    units = giver.units(Right.MANAGE_TOKENS)
    return tuple(
        scope
        for scope in TokenScope
        if may_give(giver, scope, None) or not units.isdisjoint(giver.units(TAKES[scope]))
    )
