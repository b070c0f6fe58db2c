"""The rule: the signed, versioned local decision that maps responses to the component (method §6).

A rule is never edited, only succeeded, so its canonical text must come out the same for ever.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from survey.questionnaire import OVERALL, Element

LOWEST_INDEX, HIGHEST_INDEX = Decimal(25), Decimal(100)
ADMISSIBLE_CHANNELS = frozenset({"kiosk", "kiosk_qr", "ticket", "desk_qr"})
"""What may ever count for persons; a paper sheet never does (method §10)."""


class RuleUnusable(ValueError):
    """A rule contradicts the method or cannot be read.

    Attributes
    ----------
    field
        Which part of the rule it is; none if the text cannot be read at all.
    """

    def __init__(self, message: str, field: str = "") -> None:
        """Carry the field."""
        super().__init__(message)
        self.field = field


class Weighted(NamedTuple):
    """An element that counts for the officer, and its weight, a positive whole number."""

    code: str
    weight: int


class Corner(NamedTuple):
    """One corner of the conversion from index points to component value."""

    points: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Everything local that an officer's figures depend on.

    Attributes
    ----------
    version
        Name of the rule within its unit.
    elements
        What counts for the officer, with weights. Their order is the order of the characters
        in a combination of answers.
    channels
        Proofs of a visit that count for persons.
    window_months
        Closed months that a month's component rests on, 1 to 24.
    shrinkage_k
        Pseudo-responses at the unit's mean; 0 or more.
    minimum_n
        Below it nothing is shown.
    publishable_n, publishable_half_width
        From this n, with a 95 % interval of at most this half width in index points.
    minimum_coverage
        Floor of responses ÷ visits for publishing, 0 to 1; none by default.
    proposal_n
        Smallest n for a proposal other than *sesuai ekspektasi*.
    target_index, excellence_index
        In index points.
    conversion
        Corners of the monotone piecewise-linear table from index to component value.
    share_percent
        The component's share of the appraisal, 0 to 100.
    mix_applied
        Whether the expected index of the officer's service mix is taken off; shown either way.
    outages_counted
        Whether half hours of declared outages count; both figures are shown either way.
    objection_days
        Length of the objection window.
    design_effect
        1 to 2; widens intervals where citizens cluster.

    Raises
    ------
    RuleUnusable
        If a value lies outside of what its line says.
    """

    version: str = "1"
    elements: tuple[Weighted, ...] = (
        Weighted(OVERALL, 4),
        Weighted(Element.PERILAKU.value, 3),
        Weighted(Element.KOMPETENSI.value, 2),
        Weighted(Element.WAKTU.value, 1),
    )
    channels: tuple[str, ...] = ("kiosk", "kiosk_qr", "ticket")
    window_months: int = 3
    shrinkage_k: int = 30
    minimum_n: int = 10
    publishable_n: int = 30
    publishable_half_width: Decimal = Decimal("7.5")
    minimum_coverage: Decimal | None = None
    proposal_n: int = 50
    target_index: Decimal = Decimal("76.61")
    excellence_index: Decimal = Decimal("88.31")
    conversion: tuple[Corner, ...] = (
        Corner(LOWEST_INDEX, LOWEST_INDEX),
        Corner(HIGHEST_INDEX, HIGHEST_INDEX),
    )
    share_percent: Decimal = Decimal(10)
    mix_applied: bool = False
    outages_counted: bool = True
    objection_days: int = 7
    design_effect: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        """Refuse a rule that contradicts the method."""
        for name, holds in _requirements(self).items():
            if not holds:
                message = f"rule {self.version}: {name} cannot be {getattr(self, name)}"
                raise RuleUnusable(message, name)

    @property
    def codes(self) -> tuple[str, ...]:
        """The officer elements in rule order."""
        return tuple(element.code for element in self.elements)


DECIMAL_FIELDS = (
    "publishable_half_width",
    "target_index",
    "excellence_index",
    "share_percent",
    "design_effect",
)
"""Fields of the rule that are exact decimals."""


def _requirements(rule: Rule) -> dict[str, bool]:
    """Return, by field, whether its value lies within what the method allows."""
    whole = _whole_numbers(rule)
    decimals = {name: _finite(getattr(rule, name)) for name in DECIMAL_FIELDS}
    decimals["minimum_coverage"] = _finite(rule.minimum_coverage or Decimal(0))
    if not all([*whole.values(), *decimals.values()]):
        return whole | decimals
    return {
        "version": bool(rule.version.strip()),
        "elements": _countable(rule.elements),
        "channels": _distinct(rule.channels) and ADMISSIBLE_CHANNELS.issuperset(rule.channels),
        "publishable_n": rule.publishable_n >= rule.minimum_n,
        "publishable_half_width": rule.publishable_half_width > 0,
        "minimum_coverage": rule.minimum_coverage is None or 0 <= rule.minimum_coverage <= 1,
        "target_index": LOWEST_INDEX <= rule.target_index <= HIGHEST_INDEX,
        "excellence_index": rule.target_index <= rule.excellence_index <= HIGHEST_INDEX,
        "conversion": _monotone(rule.conversion),
        "share_percent": 0 <= rule.share_percent <= 100,  # noqa: PLR2004 - percent
        "mix_applied": isinstance(rule.mix_applied, bool),
        "outages_counted": isinstance(rule.outages_counted, bool),
        "design_effect": 1 <= rule.design_effect <= 2,  # noqa: PLR2004 - method §5
    }


def _finite(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


def _whole_numbers(rule: Rule) -> dict[str, bool]:
    allowed = {
        "window_months": range(1, 25),
        "shrinkage_k": range(10_001),
        "minimum_n": range(1, 10_001),
        "publishable_n": range(1, 10_001),
        "proposal_n": range(1, 10_001),
        "objection_days": range(366),
    }
    return {
        name: type(getattr(rule, name)) is int and getattr(rule, name) in values
        for name, values in allowed.items()
    }


def _countable(elements: tuple[Weighted, ...]) -> bool:
    known = {OVERALL, *Element}
    return _distinct(tuple(element.code for element in elements)) and all(
        element.code in known and type(element.weight) is int and element.weight > 0
        for element in elements
    )


def _distinct(values: tuple[str, ...]) -> bool:
    return bool(values) and len(set(values)) == len(values)


def _monotone(conversion: tuple[Corner, ...]) -> bool:
    points = [corner.points for corner in conversion]
    values = [corner.value for corner in conversion]
    if not all(number.is_finite() for number in points + values):
        return False
    covers = bool(points) and (points[0], points[-1]) == (LOWEST_INDEX, HIGHEST_INDEX)
    return covers and points == sorted(set(points)) and values == sorted(values)


DEFAULT_RULE = Rule()
"""The rule of an office that has not decided anything yet."""
