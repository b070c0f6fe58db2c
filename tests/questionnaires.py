"""Questionnaires: the published ones, made-up ones, and ways to draw them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from hypothesis import strategies as st

from survey.questionnaire import HIGHEST, RATINGS, Element

Ratings = Mapping[Element, int]

EXAMPLES = json.loads(Path(__file__).with_name("skm_examples.json").read_text(encoding="utf-8"))
BANTUL, TULANG_BAWANG_BARAT, SULAWESI_BARAT = EXAMPLES["examples"]


def alike(rating: int) -> dict[Element, int]:
    return dict.fromkeys(Element, rating)


def with_total(total: int) -> dict[Element, int]:
    """A questionnaire whose nine ratings have this sum."""
    each, more = divmod(total, len(Element))
    return {e: each + (place < more) for place, e in enumerate(Element)}


def summing_to(total: int, n: int) -> Iterator[dict[Element, int]]:
    """So many questionnaires whose ratings have this sum in all."""
    each, more = divmod(total, n)
    return (with_total(each + (place < more)) for place in range(n))


def summing_by_element(sums: Mapping[Element, int], n: int) -> Iterator[dict[Element, int]]:
    """So many questionnaires with these sums of ratings per element."""
    for place in range(n):
        yield {e: total // n + (place < total % n) for e, total in sums.items()}


def full_questionnaires() -> st.SearchStrategy[dict[Element, int]]:
    return st.fixed_dictionaries({e: st.sampled_from(RATINGS) for e in Element})


def many(least: int = 1, most: int = 40) -> st.SearchStrategy[list[dict[Element, int]]]:
    return st.lists(full_questionnaires(), min_size=least, max_size=most)


def raised(ratings: Ratings, element: Element) -> dict[Element, int]:
    """The same answers with one rating a step higher, where there is one."""
    return {**ratings, element: min(ratings[element] + 1, HIGHEST)}
