"""Who a unit may thank by name for a closed month: only where the evidence holds (method §5).

Whoever is thanked stands in the order of names, without a figure. Nobody is called last here, and
who needs help is said to nobody but those who decide with that officer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from aggregation.closings import Closing, OfficerFigure
from aggregation.method.combination import voices
from aggregation.method.evidence import Basis
from aggregation.method.naming import Heard, Name, named_under
from aggregation.method.rule import Rule
from aggregation.models import Officer
from aggregation.months.officer_results import (
    Baseline,
    mix_offset,
    own_counts,
    window_counts,
)
from aggregation.months.revisions import earlier_closings, revision_of
from aggregation.months.rule_baselines import baselines_of
from aggregation.months.window import WindowMonth, closed_month


@dataclass(frozen=True, slots=True)
class Thanked:
    """Somebody who may be named.

    Attributes
    ----------
    n
        Citizens whose ratings it rests on.
    """

    officer_id: int
    key: str
    name: str
    n: int


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a closed month lets be said of a unit's officers by name.

    Attributes
    ----------
    thanked
        In the order of names.
    any_publishable
        Whether anybody has figures at all that count.
    help_supported
        Whether the evidence says of anybody that help is needed; never of whom.
    """

    thanked: Sequence[Thanked]
    any_publishable: bool
    help_supported: bool


def recognition(session: Session, closing: Closing) -> Recognition:
    """Return who may be named by a revision of a month.

    Every officer's evidence is that of the revision that computed the figures: a revision for one
    officer neither names nor un-names a colleague by another count (method §8).
    """
    rows = session.scalars(
        select(OfficerFigure).where(col(OfficerFigure.closing_id) == closing.id)
    ).all()
    said = named_under(_heard(session, closing, rows))
    excellent = [row for row in rows if said.get(row.officer_id) is Name.EXCELLENT]
    return Recognition(
        _thanked(session, excellent),
        any(row.basis == Basis.PUBLISHABLE for row in rows),
        Name.NEEDS_HELP in said.values(),
    )


def _thanked(session: Session, rows: Iterable[OfficerFigure]) -> list[Thanked]:
    n = {row.officer_id: row.n for row in rows}
    people = session.scalars(select(Officer).where(col(Officer.id).in_(n))).all()
    found = [Thanked(who.id or 0, who.key, who.name, n[who.id or 0]) for who in people]
    return sorted(found, key=lambda each: (each.name.casefold(), each.key))


def _heard(
    session: Session, closing: Closing, rows: Iterable[OfficerFigure]
) -> dict[int, tuple[Heard, Rule]]:
    """Return what each officer's citizens said, with the rule that holds for the officer."""
    of_revision: dict[tuple[int, str], dict[int, Basis]] = {}
    for row in rows:
        together = of_revision.setdefault((row.computed_in, row.rule_version), {})
        together[row.officer_id] = Basis(row.basis)
    baselines = baselines_of(session, closing).by_version
    months = {
        computed_in: _window(session, closing, computed_in, baselines.values())
        for computed_in, _ in of_revision
    }
    found: dict[int, tuple[Heard, Rule]] = {}
    for (computed_in, version), bases in of_revision.items():
        baseline = baselines[version]
        first = closing.month.shift(1 - baseline.rule.window_months)
        window = [each for each in months[computed_in] if each.month >= first]
        for officer_id, own in own_counts(bases, baseline.rule, window).items():
            heard = Heard(
                voices(window_counts(own, baseline.rule), baseline.rule),
                bases[officer_id],
                mix_offset(own, baseline),
            )
            found[officer_id] = heard, baseline.rule
    return found


def _window(
    session: Session, closing: Closing, computed_in: int, baselines: Iterable[Baseline]
) -> list[WindowMonth]:
    """Return the months that a revision's figures were computed from, as they stood then."""
    rules = [baseline.rule for baseline in baselines]
    codes = list(dict.fromkeys(code for rule in rules for code in rule.codes))
    months = max(rule.window_months for rule in rules)
    base = revision_of(session, closing, computed_in)
    earlier = earlier_closings(session, closing.unit_id, closing.month, months, base.closed_at)
    return [closed_month(session, each, codes) for each in (base, *earlier)]
