"""What names or insults a person is masked, and nothing else (method §9)."""

import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.masking.masking import mask
from aggregation.masking.names import KnownNames
from aggregation.masking.readable import LONGEST, folded, readable, says_something
from aggregation.masking.spans import MARKS
from tests.comment_corpus import HELD_OUT_ROSTER, Half, Scored, held_out, score, tuned

ROSTER = KnownNames.of(["Sari Wulandari, S.Sos", "Budi Santoso", "Indah Permata Sari", "Nurhayati"])
RIGHT_TO_LEFT = chr(0x200F)


def _told(name: str, scored: Scored, half: Half) -> str:
    kinds = ", ".join(
        f"{kind} {count.found}/{count.wanted}" for kind, count in scored.recall.items()
    )
    return (
        f"{name}: {len(half.comments)} comments, recall {scored.whole_recall:.3f}, "
        f"precision {scored.masked.share:.3f} ({kinds})"
    )


@pytest.mark.parametrize(("name", "half"), [("tuned", tuned()), ("held out", held_out())])
def test_masking_finds_what_it_promises(name: str, half: Half) -> None:
    scored = score(half)
    print(_told(name, scored, half))  # noqa: T201 - the figures themselves are asked for
    assert scored.whole_recall >= 0.95, scored.missed
    assert scored.masked.share >= 0.90, scored.wrong
    weak = {kind: count for kind, count in scored.recall.items() if count.share < 0.90}
    assert not weak, scored.missed


def test_the_corpus_is_large_enough_to_promise_on() -> None:
    halves = tuned(), held_out()
    assert sum(len(half.comments) for half in halves) >= 500
    assert sum(len(half.comments) - 240 for half in halves) >= 120
    plain = sum(not comment.spans for half in halves for comment in half.comments)
    assert plain >= 120  # what nothing may be masked in


@pytest.mark.parametrize("roster", [(), ("Somebody Else",)])
def test_masking_without_the_roster_would_not_keep_the_promise(roster: tuple[str, ...]) -> None:
    assert score(held_out(), roster).whole_recall < 0.95


def test_masking_every_capital_would_not_keep_the_promise() -> None:
    words = {word for c in held_out().comments for word in c.text.split() if word.istitle()}
    assert score(held_out(), [*HELD_OUT_ROSTER, *words]).masked.share < 0.90


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Bu Sari baik", "Bu [nama] baik"),
        ("bu sari baik", "bu [nama] baik"),
        ("Sari pati keluhan saya", "Sari pati keluhan saya"),
        ("tamannya indah", "tamannya indah"),
        ("saya dilayani Indah", "saya dilayani [nama]"),
        ("Ibu Indah Permata Sari, S.Sos, M.Si ramah", "Ibu [nama] ramah"),
        ("S. Wulandari dan Budi S. hadir", "[nama] dan [nama] hadir"),
        ("nurhayti cepat", "[nama] cepat"),
        ("PELAYANAN BURUK", "PELAYANAN BURUK"),
        ("nik 3273.0125.0590.0001", "nik [nomor]"),
        ("Jam 08.00-15.00, tgl 12-10-2026", "Jam 08.00-15.00, tgl 12-10-2026"),
        ("Rp 1.500.000 untuk calo", "Rp 1.500.000 untuk calo"),
        ("B 1234 XYZ", "[nomor]"),
        ("LOKET 3 DAN 4", "LOKET 3 DAN 4"),
        ("surat a@b.co.id dan www.b.id/x.", "surat [surel] dan [tautan]."),
        ("g0blok!!!", "[kata kasar]!!!"),
        ("sarapan dulu", "sarapan dulu"),
        ("\uff41\uff4e\uff4a\uff49\uff4e\uff47", "[kata kasar]"),
        ("an\u0336j\u0336ing", "[kata kasar]"),
        ("g\u043ebl\u043ek", "[kata kasar]"),
    ],
)  # fmt: skip
def test_words_are_masked_by_how_they_are_used(said: str, shown: str) -> None:
    assert mask(said, ROSTER).text == shown


def test_how_much_was_masked_is_counted() -> None:
    masked = mask("Bu Sari tolol, wa 0812-3456-7890", ROSTER)
    assert masked.count == 3
    assert masked.text == "Bu [nama] [kata kasar], wa [nomor]"


def test_marks_that_hide_and_turn_text_are_gone() -> None:
    assert readable(RIGHT_TO_LEFT * 10_000) == ""
    assert not says_something(readable(RIGHT_TO_LEFT * 10_000))
    assert readable(f"a{chr(0x202E)}b\0c{chr(0xFEFF)}") == "abc"
    assert mask(f"go{chr(0x200B)}blok", ROSTER).text == MARKS["insult"]  # type: ignore[index]


def test_one_word_of_a_thousand_letters_is_left_as_it_is() -> None:
    assert mask("x" * 1000, ROSTER).text == "x" * 1000
    assert len(mask("x" * 5000, ROSTER).text) == LONGEST


@given(st.text(max_size=300))
def test_whatever_is_written_can_be_masked(text: str) -> None:
    masked = mask(text, ROSTER)
    assert len(masked.text) <= LONGEST + 12 * masked.count
    assert all(unicodedata.category(c) not in {"Cf", "Cs"} for c in masked.text)
    assert "\0" not in masked.text


@given(st.text(alphabet="aAbBiInNgGsSrR0134.-* @", max_size=120))
def test_what_is_masked_stays_so(text: str) -> None:
    for mark in MARKS.values():
        assert mask(f"{mark} {mark}", ROSTER).text == f"{mark} {mark}"
    assert len(folded(text)) == len(text)


@pytest.mark.parametrize("piece", ["a.", "1 ", "@a.a", "(at)", "www.", "k*", "a-", "0o1l", "Pak "])
def test_no_text_takes_long(piece: str) -> None:
    assert _seconds(lambda: mask((piece * LONGEST)[:LONGEST], ROSTER)) < 2


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
