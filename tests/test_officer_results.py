"""What a window says of each officer, recomputed citizen by citizen in plain loops."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.method.component import Proposal
from aggregation.method.evidence import Basis
from aggregation.method.rule import DEFAULT_RULE, Corner, Rule
from aggregation.months.officer_results import Baseline, OfficerResult, scores_under
from aggregation.months.tally import Cell
from aggregation.months.window import WindowMonth
from tests.month_factories import OCTOBER, half_up

SARI, BUDI = 1, 2
EVERYBODY = {SARI: "", BUDI: ""}
WEIGHTS = (4, 3, 2, 1)


@dataclass(frozen=True)
class Voice:
    """What one citizen said, and where it stands."""

    officer: int | None = SARI
    said: str = "4---"
    months_ago: int = 0
    service: int | None = None
    channel: str = "ticket"
    outage: bool = False
    late: bool = False
    quarantined: bool = False

    def x(self) -> Fraction | None:
        given_ = [(w, int(c)) for w, c in zip(WEIGHTS, self.said, strict=True) if c != "-"]
        return (
            Fraction(sum(w * r for w, r in given_), sum(w for w, _ in given_)) if given_ else None
        )

    def counts(self, rule: Rule, *, outages: bool | None = None) -> bool:
        admitted = rule.outages_counted if outages is None else outages
        return (
            not (self.late or self.quarantined)
            and self.channel in rule.channels
            and self.months_ago < rule.window_months
            and (admitted or not self.outage)
            and self.x() is not None
        )


def window_of(
    voices: Iterable[Voice], visits: Sequence[dict[int, int]] = ({}, {}, {}, {})
) -> list[WindowMonth]:
    months = []
    for ago, served in enumerate(visits):
        cells: dict[Cell, Counter[str]] = {}
        for v in voices:
            if v.months_ago == ago:
                cell = Cell(v.officer, 7, v.service, v.channel, v.outage, v.late, v.quarantined)
                cells.setdefault(cell, Counter())[v.said] += 1
        codes = DEFAULT_RULE.codes
        month = OCTOBER.shift(-ago)
        months.append(WindowMonth(month, codes, cells, served, frozenset({SARI, BUDI})))
    return months


def results(voices: Sequence[Voice], rule: Rule = DEFAULT_RULE) -> dict[int, OfficerResult]:
    return scores_under(rule, EVERYBODY, window_of(voices))[1]


def xs(voices: Iterable[Voice], rule: Rule, officer: int | None = None) -> list[Fraction]:
    return [
        x
        for v in voices
        if v.counts(rule) and (officer is None or v.officer == officer)
        if v.officer is not None and (x := v.x()) is not None
    ]


SAID = st.text("-1234", min_size=4, max_size=4)
VOICES = st.builds(
    Voice,
    officer=st.sampled_from([SARI, SARI, BUDI, None]),
    said=SAID,
    months_ago=st.integers(0, 3),
    service=st.sampled_from([None, 5, 6]),
    channel=st.sampled_from(["ticket", "ticket", "kiosk", "desk_qr", "paper"]),
    outage=st.booleans(),
    late=st.sampled_from([False, False, False, True]),
    quarantined=st.sampled_from([False, False, False, True]),
)
RULES = st.builds(
    Rule,
    window_months=st.integers(1, 4),
    shrinkage_k=st.integers(0, 60),
    outages_counted=st.booleans(),
    minimum_n=st.just(1),
    publishable_n=st.just(1),
    publishable_half_width=st.just(Decimal(100)),
)


@given(st.lists(VOICES, max_size=60), RULES)
def test_figures_are_those_that_plain_loops_find(voices: list[Voice], rule: Rule) -> None:
    baseline, found = scores_under(rule, EVERYBODY, window_of(voices))
    pooled = xs(voices, rule)
    assert baseline.n == len(pooled)
    mu = half_up(sum(pooled, Fraction(0)) / len(pooled), 4) if pooled else None
    assert (baseline.mu and str(baseline.mu)) == mu
    for officer, result in found.items():
        own = xs(voices, rule, officer)
        assert result.score.n == len(own)
        if not own:
            assert result.worth is None
            continue
        total = Fraction(half_up(sum(own, Fraction(0)), 4))
        pulled = (total + rule.shrinkage_k * Fraction(mu or 0)) / (len(own) + rule.shrinkage_k)
        assert result.worth is not None
        assert str(result.worth.index) == half_up(25 * pulled, 2)
        value = str(result.worth.index)
        assert str(result.worth.value) == value
        assert str(result.worth.contribution) == half_up(Fraction(value) / 10, 2)


def test_loops_that_forget_the_channel_find_other_figures() -> None:
    voices = [*[Voice(said="4---")] * 5, Voice(said="1---", channel="desk_qr")]
    found = results(voices, replace(DEFAULT_RULE, minimum_n=1))[SARI]
    careless = [v.x() for v in voices]
    assert found.score.n != len(careless)


def test_what_is_expected_of_the_mix_of_services_stands_beside_the_index() -> None:
    easy, hard = ([Voice(said="4---", service=5)] * 30), ([Voice(said="2---", service=6)] * 10)
    of_budi = [Voice(BUDI, "3---", service=6)] * 30
    baseline, found = scores_under(DEFAULT_RULE, EVERYBODY, window_of([*easy, *hard, *of_budi]))
    assert baseline.service_means == {5: Decimal("4.0000"), 6: Decimal("2.7500")}
    # Sari: (30 × 4 + 10 × 2.75) ÷ 40 = 3.6875; Budi: 2.75.
    mix = {officer: each.worth and each.worth.mix for officer, each in found.items()}
    assert mix == {SARI: Decimal("92.19"), BUDI: Decimal("68.75")}


def test_a_rule_that_applies_the_mix_takes_the_difference_off_the_mean() -> None:
    rule = replace(DEFAULT_RULE, mix_applied=True)
    voices = [*[Voice(said="4---", service=5)] * 40, *[Voice(BUDI, "2---", service=6)] * 40]
    mu, found = scores_under(rule, EVERYBODY, window_of(voices))[0].mu, results(voices, rule)
    assert mu == Decimal("3.0000")
    # Both do exactly what their services lead to expect: 25 × 3.
    assert {each.worth and each.worth.index for each in found.values()} == {Decimal("75.00")}


@pytest.mark.parametrize(
    ("counted", "index", "other"), [(True, "83.93", "87.50"), (False, "87.50", "83.93")]
)
def test_the_figure_with_and_without_outages_stands_there(
    counted: bool, index: str, other: str
) -> None:
    rule = replace(DEFAULT_RULE, outages_counted=counted, shrinkage_k=0)
    voices = [
        *[Voice(said="4---")] * 5,
        *[Voice(said="2---")] * 1,
        *[Voice(said="2---", outage=True)],
    ]
    worth = results(voices, rule)[SARI].worth
    assert worth is not None
    by_hand = {
        True: half_up(25 * Fraction(24, 7), 2),
        False: half_up(25 * Fraction(22, 6), 2),
    }
    assert (str(worth.index), str(worth.other)) == (by_hand[counted], by_hand[not counted])
    assert index != other


def test_coverage_counts_the_months_whose_visits_are_known() -> None:
    voices = [*[Voice(months_ago=0)] * 10, *[Voice(months_ago=1)] * 20, *[Voice(months_ago=2)] * 30]
    window = window_of(voices, ({SARI: 40}, {}, {SARI: 50}))
    found = scores_under(DEFAULT_RULE, EVERYBODY, window)[1]
    assert (found[SARI].covered, found[SARI].visits) == (40, 90)
    assert (found[BUDI].covered, found[BUDI].visits) == (None, None)


def test_a_floor_for_coverage_keeps_figures_from_being_published() -> None:
    rule = replace(DEFAULT_RULE, minimum_coverage=Decimal("0.5"))
    window = window_of([Voice()] * 40, ({SARI: 100}, {}, {}))
    result = scores_under(rule, EVERYBODY, window)[1][SARI]
    assert result.score.basis is Basis.INDICATIVE
    assert result.worth is not None
    assert (result.worth.value, result.worth.contribution, result.worth.proposal) == (None,) * 3


def test_a_conversion_and_a_share_lead_to_the_contribution() -> None:
    corners = (
        Corner(Decimal(25), Decimal(0)),
        Corner(Decimal(75), Decimal(60)),
        Corner(Decimal(100), Decimal(120)),
    )
    rule = replace(DEFAULT_RULE, conversion=corners, share_percent=Decimal(15))
    worth = results([Voice(said="4---")] * 60, rule)[SARI].worth
    # All say 4, so does the mean: index 100 → 120; 15 % of it is 18.
    assert worth is not None
    assert (str(worth.value), str(worth.contribution)) == ("120.00", "18.00")
    assert worth.proposal is Proposal.ABOVE


def test_stored_means_keep_a_recomputed_score_from_moving_with_colleagues() -> None:
    before = [*[Voice(said="3---")] * 40, *[Voice(BUDI, "4---")] * 40]
    after = [*before[:40], *[Voice(BUDI, "1---")] * 40]
    fixed, first = scores_under(DEFAULT_RULE, EVERYBODY, window_of(before))
    _, kept = scores_under(DEFAULT_RULE, {SARI: ""}, window_of(after), fixed)
    assert kept[SARI] == first[SARI]
    _, moved = scores_under(DEFAULT_RULE, EVERYBODY, window_of(after))
    assert moved[SARI].worth != first[SARI].worth


@given(st.lists(VOICES, max_size=40), st.randoms())
def test_neither_the_order_of_citizens_nor_of_officers_matters(
    voices: list[Voice], shuffle: Random
) -> None:
    mixed = list(voices)
    shuffle.shuffle(mixed)
    turned = dict(reversed(EVERYBODY.items()))
    first, again = window_of(voices), window_of(mixed)
    earlier_turned = [again[0], *reversed(again[1:])]
    assert scores_under(DEFAULT_RULE, EVERYBODY, first) == scores_under(
        DEFAULT_RULE, turned, earlier_turned
    )


@settings(max_examples=200)
@given(st.lists(VOICES, min_size=1, max_size=40), st.data())
def test_raising_a_rating_lowers_nobody(voices: list[Voice], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(voices) - 1))
    said = voices[place].said
    spots = [i for i, sign in enumerate(said) if sign in "123"]
    if not spots:
        return
    spot = data.draw(st.sampled_from(spots))
    raised = replace(voices[place], said=f"{said[:spot]}{int(said[spot]) + 1}{said[spot + 1 :]}")
    rule = replace(DEFAULT_RULE, minimum_n=1)
    before, after = (
        results(voices, rule),
        results([*voices[:place], raised, *voices[place + 1 :]], rule),
    )
    for officer, result in before.items():
        if result.worth is not None:
            then = after[officer].worth
            assert then is not None
            assert then.index >= result.worth.index


def test_a_score_relative_to_colleagues_would_be_noticed() -> None:
    """The control: subtracting the unit's mean makes a colleague's better rating cost something."""
    lower, raised = ([Voice(BUDI, said)] * 30 for said in ("3---", "4---"))
    own = [Voice(said="3---")] * 30

    def relative(voices: list[Voice]) -> Decimal:
        baseline, found = scores_under(DEFAULT_RULE, EVERYBODY, window_of(voices))
        worth = found[SARI].worth
        assert worth is not None
        assert baseline.mu is not None
        return worth.index - 25 * baseline.mu

    assert relative([*own, *raised]) < relative([*own, *lower])


@given(st.lists(VOICES.filter(lambda v: v.officer == SARI), min_size=1, max_size=40), SAID)
def test_one_citizen_has_a_bounded_influence(voices: list[Voice], said: str) -> None:
    rule = replace(DEFAULT_RULE, minimum_n=1)
    mu = Decimal("3.2850")
    fixed = Baseline(rule, 100, mu, {})
    changed = [replace(voices[0], said=said), *voices[1:]]
    before, after = (
        scores_under(rule, {SARI: ""}, window_of(each), fixed)[1][SARI]
        for each in (voices, changed)
    )
    if before.worth is None or after.worth is None or before.score.n != after.score.n:
        return
    bound = Fraction(75, before.score.n + rule.shrinkage_k)
    # The printed sum and the printed index are each rounded once.
    slack = Fraction(1, 100) + Fraction(1, 100)
    assert abs(Fraction(after.worth.index - before.worth.index)) <= bound + slack
