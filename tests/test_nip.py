import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.people import nip
from aggregation.people.nip import NipForm, NotANip, read_nip

PNS = "198001012005011008"
PPPK = "199002282021212001"


@pytest.mark.parametrize(
    "written",
    [
        "19800101 200501 1 008",
        "19800101.200501.1.008",
        "19800101\u00a0200501\u00a01\u00a0008",
        "'198001012005011008",
        "’198001012005011008",
        "NIP. 19800101 200501 1 008",
        "nip : 198001012005011008",
        "19800101-200501-1-008",
        " 198001012005011008\u200b",
    ],
)
def test_however_a_nip_is_printed_it_is_stored_as_18_digits(written: str) -> None:
    assert read_nip(written).text == PNS


@pytest.mark.parametrize("length", [0, 1, 17, 19, 36])
def test_a_wrong_length_is_refused(length: int) -> None:
    with pytest.raises(NotANip):
        read_nip((PNS * 2)[:length])


@pytest.mark.parametrize("written", ["1.98001012005011e+17", "1,98001E+17", "1.98E17", "2E+17"])
def test_a_nip_turned_into_a_number_asks_for_the_column_as_text(written: str) -> None:
    with pytest.raises(NotANip, match="format kolom ini sebagai Teks"):
        read_nip(written)


@pytest.mark.parametrize(
    "written", ["l98001012005011008", "19800101200501100O", "\u0661" * 18, "-1"]
)
def test_letters_other_digits_and_a_minus_one_are_no_nip(written: str) -> None:
    with pytest.raises(NotANip):
        read_nip(written)


@pytest.mark.parametrize("written", [PNS, PPPK])
def test_a_proper_nip_draws_no_warning(written: str) -> None:
    assert not read_nip(written).warnings


@pytest.mark.parametrize(
    ("written", "warning"),
    [
        ("198002302005011008", "tanggal lahir"),
        ("000601012005011008", "tahun pengangkatan"),
        ("198001011994011008", "tahun pengangkatan"),
        ("198001012005131008", "bulan pengangkatan"),
        ("198001012005001008", "bulan pengangkatan"),
        ("198001012005013008", "jenis kelamin"),
        ("198001012005011000", "000"),
    ],
)
def test_published_mistakes_are_warned_of_and_not_refused(written: str, warning: str) -> None:
    found = read_nip(written)
    assert (found.text, len(found.warnings)) == (written, 1)
    assert warning in found.warnings[0]


def test_year_and_contract_number_in_place_of_a_month_are_a_pppk() -> None:
    assert (read_nip(PNS).form, read_nip(PPPK).form) == (NipForm.PNS, NipForm.PPPK)


@given(st.from_regex(r"[0-9]{3,17}|[0-9]{19,30}", fullmatch=True))
def test_a_refusal_never_repeats_what_was_typed(written: str) -> None:
    with pytest.raises(NotANip) as refused:
        read_nip(written)
    assert written not in str(refused.value)


@given(st.from_regex(r"[0-9]{18}", fullmatch=True))
def test_18_digits_are_never_refused_and_no_warning_repeats_them(digits: str) -> None:
    found = read_nip(digits)
    assert found.text == digits
    assert not any(digits[:8] in warning for warning in found.warnings)


def test_worked_examples_of_the_nip_hold() -> None:
    assert doctest.testmod(nip).failed == 0
