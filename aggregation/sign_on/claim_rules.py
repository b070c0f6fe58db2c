"""The office's rules of who is what: values of the provider's claims, and the roles they give.

They stand in a small file of TOML; `docs/sso.md` shows one. What the file does not say gives
nothing, and a file that says something unknown is refused as a whole.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeGuard

from aggregation.access.roles import Role

WHOLE_TREE = "*"
SECOND_FACTORS = frozenset({"otp", "mfa", "hwk"})
"""Values of `amr` (RFC 8176) that say that more than a password was asked for."""

_FILE = frozenset({"claim", "roles", "second_factor"})
_LINE = frozenset({"value", "role", "unit"})


class WrongClaimRules(ValueError):
    """The file cannot be meant; the text is one plain sentence."""


class SaidRole(NamedTuple):
    """A role as the provider's claims give it: the unit by its code; none for the whole tree."""

    role: Role
    unit: str | None

    def __str__(self) -> str:
        """Return it as the log writes roles."""
        return f"{self.role}@{self.unit or WHOLE_TREE}"


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """What the values of one claim give.

    Attributes
    ----------
    claim
        Where the claim stands: its name, or names one within the other.
    roles
        The roles of each value.
    second_factor
        Values of `acr` that say that a second factor was given.
    """

    claim: tuple[str, ...]
    roles: Mapping[str, tuple[SaidRole, ...]]
    second_factor: frozenset[str] = frozenset()

    def roles_by(self, claims: Mapping[str, Any]) -> tuple[SaidRole, ...]:
        """Return the roles that claims give, each once, in the order of the file.

        Examples
        --------
        >>> head = SaidRole(Role.UNIT_HEAD, "KK")
        >>> rules = ClaimRules(("groups",), {"kepala": (head,)})
        >>> rules.roles_by({"groups": ["tamu", "kepala"]}) == (head,)
        True
        >>> rules.roles_by({"groups": {"kepala": True}})
        ()
        """
        said = _values(claims, self.claim)
        found = [role for value, roles in self.roles.items() if value in said for role in roles]
        return tuple(dict.fromkeys(found))

    def second_factor_given(self, claims: Mapping[str, Any]) -> bool:
        """Say whether the provider asserts that it asked for a second factor.

        Examples
        --------
        >>> rules = ClaimRules(("groups",), {}, frozenset({"gold"}))
        >>> [rules.second_factor_given(each) for each in ({"amr": ["pwd", "otp"]}, {"acr": "gold"})]
        [True, True]
        >>> [rules.second_factor_given(each) for each in ({"amr": "otp"}, {"acr": ["gold"]}, {})]
        [False, False, False]
        """
        methods, level = claims.get("amr"), claims.get("acr")
        told = {each for each in methods if isinstance(each, str)} if _is_list(methods) else set()
        return bool(told & SECOND_FACTORS) or (
            isinstance(level, str) and level in self.second_factor
        )


def claim_rules(text: str) -> ClaimRules:
    """Read the file.

    Raises
    ------
    WrongClaimRules
        If it is no TOML, leaves something out, says something unknown or says it twice.
    """
    try:
        file = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"it is no TOML ({error})"
        raise WrongClaimRules(message) from error
    _only(file, _FILE, "the file")
    lines = file.get("roles")
    if not _is_list(lines) or not lines:
        message = "it needs at least one [[roles]] with value, role and unit"
        raise WrongClaimRules(message)
    return ClaimRules(_claim(file), _roles(lines), frozenset(_texts(file, "second_factor")))


def _claim(file: Mapping[str, Any]) -> tuple[str, ...]:
    claim = file.get("claim")
    names = (claim,) if isinstance(claim, str) else tuple(_texts(file, "claim"))
    if not names or not all(names):
        message = 'it needs claim = "…", the claim that tells what somebody is'
        raise WrongClaimRules(message)
    return names


def _roles(lines: list[Any]) -> dict[str, tuple[SaidRole, ...]]:
    found: dict[str, tuple[SaidRole, ...]] = {}
    for line in lines:
        value, role = _line(line)
        before = found.get(value, ())
        if role in before:
            message = f"“{value}” gives {role} twice"
            raise WrongClaimRules(message)
        found[value] = (*before, role)
    return found


def _line(line: Any) -> tuple[str, SaidRole]:  # noqa: ANN401 - whatever stands in the file
    told = line if isinstance(line, dict) else {}
    _only(told, _LINE, "[[roles]]")
    value, role, unit = (told.get(name) for name in ("value", "role", "unit"))
    texts = [each for each in (value, role, unit) if isinstance(each, str) and each.strip()]
    if len(texts) != len(_LINE):
        message = "each [[roles]] needs value, role and unit; “*” is the whole tree of units"
        raise WrongClaimRules(message)
    if role not in set(Role):
        message = f"“{role}” is no role; the roles are {', '.join(Role)}"
        raise WrongClaimRules(message)
    return texts[0], SaidRole(Role(role), None if unit == WHOLE_TREE else texts[2])


def _only(told: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    if unknown := sorted(told.keys() - known):
        message = f"{where} knows no “{unknown[0]}”"
        raise WrongClaimRules(message)


def _texts(file: Mapping[str, Any], name: str) -> list[str]:
    texts = file.get(name, [])
    if not _is_list(texts) or not all(isinstance(each, str) and each for each in texts):
        message = f"{name} must be a list of texts"
        raise WrongClaimRules(message)
    return list(texts)


def _values(claims: Mapping[str, Any], path: tuple[str, ...]) -> set[str]:
    at: Any = claims
    for name in path:
        at = at.get(name) if isinstance(at, Mapping) else None
    if isinstance(at, str):
        return {at}
    return {each for each in at if isinstance(each, str)} if _is_list(at) else set()


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)
