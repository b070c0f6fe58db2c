"""The NIP, number of a civil servant: a text of 18 digits (method §6).

It shows birth date and sex, so it stays on the staff side, out of addresses, logs and charts,
and no sentence made here repeats it.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LENGTH = 18

_PRINTED_BETWEEN = re.compile(r"[\s.'’‘`\-–_\u200b-\u200f\u2060\ufeff]+")
_LABEL = re.compile(r"\s*nip\s*[.:]*", re.IGNORECASE)
_AS_A_NUMBER = re.compile(r"[0-9]([.,][0-9]+)?[eE]\+?[0-9]+")
_DIGITS = re.compile(r"[0-9]+")
_MONTHS = range(1, 13)
_CONTRACTS = range(21, 100)
_SEXES = "12"
_AGES_AT_APPOINTMENT = range(17, 66)
_ROUNDED_END = "000"

AS_A_NUMBER = (
    "terbaca sebagai angka, sehingga ujungnya hilang; format kolom ini sebagai Teks "
    "(Format Sel → Teks), ketik ulang NIP-nya, lalu simpan"
)


class NipForm(StrEnum):
    """What the six digits after the birth date say."""

    PNS = "PNS"
    PPPK = "PPPK"


class NotANip(ValueError):
    """The text cannot be a NIP; the message says in Indonesian what to do, without the text."""


@dataclass(frozen=True, slots=True)
class Nip:
    """A NIP as it is stored.

    Attributes
    ----------
    text
        18 digits.
    form
        Appointment YYYYMM (PNS), year and contract number from 21 on (PPPK), or None for neither.
    warnings
        What looks mistaken in it, in Indonesian. Published NIPs contain mistakes, so these do not
        refuse it.
    """

    text: str
    form: NipForm | None
    warnings: tuple[str, ...]


def read_nip(written: str) -> Nip:
    """Read a NIP as people write it.

    Spaces (also those that do not break), dots, apostrophes and dashes between the digits, and
    the word NIP before them, are left out.

    Raises
    ------
    NotANip
        If what remains is not 18 digits, or a spreadsheet has turned it into a number.

    Examples
    --------
    >>> read_nip("19800101 200501 1 008").text
    '198001012005011008'
    >>> read_nip("19900230 202121 2 001").warnings
    ('tanggal lahir di dalamnya tidak ada di kalender',)
    """
    if became_a_number(written):
        raise NotANip(AS_A_NUMBER)
    digits = _PRINTED_BETWEEN.sub("", _LABEL.sub("", written, count=1))
    if not _DIGITS.fullmatch(digits):
        message = "hanya boleh berisi 18 angka; periksa huruf O dan I yang mirip angka 0 dan 1"
        raise NotANip(message)
    if len(digits) != LENGTH:
        message = f"harus 18 angka, di sini {len(digits)}; periksa pada SK atau kartu pegawai"
        raise NotANip(message)
    form = _form(digits)
    return Nip(digits, form, tuple(_warnings(digits, form)))


def printed(nip: str) -> str:
    """Write a NIP as cards do, in blocks; a spreadsheet does not take it for a number then.

    Examples
    --------
    >>> printed("198001012005011008")
    '19800101 200501 1 008'
    """
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"


def masked(nip: str) -> str:
    """Write a NIP without birth date, appointment and sex: only its last three digits.

    Examples
    --------
    >>> masked("198001012005011008")
    '••• 008'
    """
    return f"••• {nip[15:]}"


def became_a_number(written: str) -> bool:
    """Say whether a spreadsheet has turned a long number into one like 1.98E+17."""
    return _AS_A_NUMBER.fullmatch(written.strip()) is not None


def _form(digits: str) -> NipForm | None:
    number = int(digits[12:14])
    if number in _MONTHS:
        return NipForm.PNS
    return NipForm.PPPK if number in _CONTRACTS else None


def _warnings(digits: str, form: NipForm | None) -> list[str]:
    warnings = []
    birth_year, appointed = int(digits[:4]), int(digits[8:12])
    if not _is_day(digits[:8]):
        warnings.append("tanggal lahir di dalamnya tidak ada di kalender")
    if appointed - birth_year not in _AGES_AT_APPOINTMENT:
        warnings.append("tahun pengangkatan di dalamnya tidak cocok dengan tahun lahir")
    if form is None:
        warnings.append("bulan pengangkatan di dalamnya bukan 01–12 (PNS) atau 21 ke atas (PPPK)")
    if digits[14] not in _SEXES:
        warnings.append("angka jenis kelamin di dalamnya bukan 1 atau 2")
    if digits[15:] == _ROUNDED_END:
        warnings.append("tiga angka terakhirnya 000; mungkin dibulatkan oleh program spreadsheet")
    return warnings


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
