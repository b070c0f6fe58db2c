"""Numbers that a person is known by: NIK, NIP, KK, phones, accounts, plates.

What a citizen counts or dates is no such number: times, days, years and amounts stay.
"""

import re
from collections.abc import Iterator

from aggregation.masking.spans import Kind, Span

NIK, NIP = 16, 18
"""Digits of a resident's number (and of a family card's), and of a civil servant's."""

_PHONE_DIGITS = range(9, 15)
_LOCAL_PHONE = range(7, 9)
_ALONE = 8
"""From so many digits in one piece on, a number is somebody's."""
_TOLD = 5
"""So many digits are enough where the text says whose number it is."""
_MOSTLY = 0.7

_LIKE_DIGITS = str.maketrans("OoQlI|", "000111")
_RUN = re.compile(r"(?<!\w)[(+]{0,2}[\dOoQlI](?:[ .\-/_()]{0,3}[\dOoQlI]){4,31}(?!\w)")
_PLAIN = re.compile(
    # times and spans of time: 08.00, 08.00-15.00
    r"(?<![\d.])(?:[01]?\d|2[0-3])[.:][0-5]\d(?:\s?(?:-|–|s/d|sampai)\s?"
    r"(?:[01]?\d|2[0-3])[.:][0-5]\d)?(?![.\-/]?\d)"
    # days: 5/10/2026, 05-10-26, 2026-10-05
    r"|(?<![\d.\-/])(?:0?[1-9]|[12]\d|3[01])([.\-/])(?:0?[1-9]|1[0-2])\1(?:19|20)?\d\d(?![.\-/]?\d)"
    r"|(?<![\d.\-/])(?:19|20)\d\d([.\-/])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01])(?![.\-/]?\d)"
    # years: 2024-2026, 2024 2025
    r"|(?<![\d.\-/])(?:19|20)\d\d(?:\s?[-–/ ]\s?(?:19|20)\d\d)+(?!\d)"
    # amounts: Rp 1.500.000, 150000 rupiah, 1.500.000
    r"|\b(?:rp|idr)\.?\s?\d[\d.,]*\d"
    r"|(?<![\d.])\d[\d.,]*\s?(?:rupiah|ribu|rb|juta|jt|perak)\b"
    r"|(?<![\d.\-])[1-9]\d{0,2}(?:\.\d{3})+(?:,\d\d)?(?![.\-/ ]?\d)",
    re.IGNORECASE,
)
_WHOSE = re.compile(
    r"\b(?:nik|kk|ktp|nip|npwp|bpjs|paspor|passport|rek(?:ening)?|no\.? ?rek|nomor induk|akta"
    r"|no(?:mor)?\.? ?(?:hp|wa|tel[pf]\w*|ktp|kk|ponsel|kartu|induk|registrasi|resi|akta)"
    r"|bca|bri|bni|mandiri|bsi|dana|ovo|gopay|resi|registrasi)"
    r"(?: ?(?:saya|ku|nya|dia|beliau|anak|suami|istri|ibu|bapak|atas|no|nomor|nomer)){0,2}\W{0,3}$",
    re.IGNORECASE,
)
_CALLS = re.compile(
    r"\b(?:hp|wa|whatsapp|tel[pf]\w*|tilp|ponsel|hubungi|call|kontak|sms)\b[^\d]{0,20}$",
    re.IGNORECASE,
)
_PLATE = re.compile(
    r"(?<![\w-])(?P<area>A[ABDEG]?|B[ABDEGHKLMNP]?|D[ABCDEGHKLMNPRSTW]?|E[ABD]?|F|G|H|K[BHTU]?|L|M"
    r"|N|P[AB]?|R|S|T|W|Z) ?-?(?P<number>[1-9]\d{0,3}) ?-?(?P<rest>[A-Z]{1,3})(?!\w)"
)
_PLATE_TOLD = re.compile(
    r"\b(?:plat(?: nomor)?|nopol|no\.? ?pol(?:isi)?|motor|mobil)\W{1,3}"
    r"(?P<plate>[a-z]{1,2} ?-?[1-9]\d{0,3} ?-?[a-z]{1,3})(?!\w)",
    re.IGNORECASE,
)
_NOT_PLATE = frozenset(
    {
        "DAN",
        "DI",
        "KE",
        "KTP",
        "KK",
        "RT",
        "RW",
        "TH",
        "JAM",
        "RB",
        "JT",
        "HR",
        "MNT",
        "KM",
        "CM",
        "KG",
        "KIA",
        "IKD",
        "ATM",
        "DLL",
        "DST",
        "LT",
        "NO",
        "PM",
        "AM",
        "WIB",
        "WIT",
        "KLI",
        "HAR",
        "SD",
        "SMP",
        "SMA",
        "TGL",
        "BLN",
        "THN",
        "X",
    }
)
_PASSPORT = re.compile(r"(?<!\w)[A-Z] ?\d{7}(?!\w)")
_DIGIT_WORD = "nol|kosong|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan"
_SPELLED = re.compile(rf"\b(?:{_DIGIT_WORD})(?:[\s,\-]+(?:{_DIGIT_WORD})){{6,}}\b", re.IGNORECASE)


def number_spans(text: str) -> Iterator[Span]:
    """Yield where a number stands that a person is known by."""
    plain = [found.span() for found in _PLAIN.finditer(text)]
    for found in _RUN.finditer(text):
        first, end = found.span()
        # Amounts and times are taken for what they are wherever they lie in the run.
        if not any(start < end and first < stop for start, stop in plain):
            kind = _kind(text, first, found[0])
            if kind is not None:
                yield Span(first + _opening(found[0]), end, kind)
    yield from (Span(*found.span(), Kind.NUMBER) for found in _SPELLED.finditer(text))
    yield from (Span(*found.span(), Kind.NUMBER) for found in _PASSPORT.finditer(text))
    yield from _plates(text)


def _plates(text: str) -> Iterator[Span]:
    for found in _PLATE_TOLD.finditer(text):
        yield Span(*found.span("plate"), Kind.NUMBER)
    for found in _PLATE.finditer(text):
        if len(found["number"]) > 2 and found["rest"] not in _NOT_PLATE:  # noqa: PLR2004 - A 12 B
            yield Span(*found.span(), Kind.NUMBER)


def _kind(text: str, first: int, run: str) -> Kind | None:
    digits = "".join(c for c in run.translate(_LIKE_DIGITS) if c.isdigit())
    if sum(c.isdigit() for c in run) < _MOSTLY * len(digits):
        return None
    before = text[max(0, first - 40) : first]
    pieces = max(map(len, re.findall(r"\d+", run.translate(_LIKE_DIGITS))))
    if _is_phone(digits, run, before):
        return Kind.PHONE
    if len(digits) >= NIK - 1 or pieces >= _ALONE:
        return Kind.NUMBER
    if _WHOSE.search(before) and len(digits) > _TOLD:
        return Kind.NUMBER
    return None


def _is_phone(digits: str, run: str, before: str) -> bool:
    if len(digits) in _PHONE_DIGITS:
        if digits.startswith(("08", "628", "8")) and (digits[0] != "8" or _CALLS.search(before)):
            return True
        if digits.startswith(("02", "03", "04", "05", "06", "07", "09")) or run.startswith(
            ("+", "(")
        ):
            return True
    return len(digits) in range(_LOCAL_PHONE.start, _PHONE_DIGITS.stop) and bool(
        _CALLS.search(before)
    )


def _opening(run: str) -> int:
    """Return how many letters of a run are a bracket that is never closed."""
    return 1 if run.startswith("(") and ")" not in run else 0
