"""What a cell of a sheet says of time: days, weekdays, half hours, as offices write them."""

import re
from datetime import date, timedelta

from aggregation.sheets.cells import BadCell, quoted

_MINUTES_A_DAY = 24 * 60
_MINUTES_AN_HOUR = 60
_MINUTES_A_SLOT = 30
_TIME = re.compile(r"([0-9]{1,2})[.:,]([0-5][0-9])(?:[.:]00)?")
_WITH_SECONDS = re.compile(r"([0-9]{1,2}[.:][0-5][0-9])[.:][0-5][0-9]")
_WITHOUT_ZEROS = re.compile(r"([0-9]{1,2})(?:[.,](3))?")
_PART_OF_A_DAY = re.compile(r"0[.,]([0-9]+)")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00)?)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[./ -]+([0-9]{1,2}|[A-Za-z]{3,9})[./ -]+([0-9]{4})")
_SERIAL = re.compile(r"[0-9]{5}")
_SERIAL_DAY_0 = date(1899, 12, 30)
_YEARS = range(2000, 2100)
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MEI", "JUN", "JUL", "AGU", "SEP", "OKT", "NOV", "DES"]
_ALSO_MONTHS = {"PEB": 2, "MAY": 5, "AGS": 8, "AGT": 8, "AUG": 8, "NOP": 11, "OCT": 10, "DEC": 12}
_MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTHS, start=1)} | _ALSO_MONTHS
_WEEKDAYS = ["SENIN", "SELASA", "RABU", "KAMIS", "JUMAT", "SABTU", "MINGGU"]
_WEEKDAY_NUMBERS = {name: n for n, name in enumerate(_WEEKDAYS, start=1)} | {"AHAD": 7}
_UNTIL = re.compile(r"\s*(?:[-–—]|\bs\.?\s?[/.]\s?d\.?(?=\s)|\bsampai\b)\s*", re.IGNORECASE)
_AND = re.compile(r"\s*(?:[,;/&+]|\bdan\b)\s*", re.IGNORECASE)


def read_day(text: str) -> date:
    """Return a calendar day; numbers are read day first, as Indonesians write them.

    Raises
    ------
    BadCell
        If there is no such day, or its year is not of this century.

    Examples
    --------
    >>> {str(read_day(text)) for text in ("5/10/2026", "2026-10-05", "5 Oktober 2026")}
    {'2026-10-05'}
    """
    try:
        found = _written_day(text)
    except ValueError as error:
        message = f"“{quoted(text)}” tidak ada di kalender; periksa hari dan bulannya"
        raise BadCell(message) from error
    if found is None:
        message = f"“{quoted(text)}” bukan tanggal; tulis seperti 2026-10-05 atau 5/10/2026"
        raise BadCell(message)
    if found.year not in _YEARS:
        message = f"tahun {found.year:04d} tidak mungkin; tulis tahun dengan empat angka"
        raise BadCell(message)
    return found


def read_half_hour(text: str) -> int:
    """Return the half hours from midnight to a time of the day, 0 to 48.

    Parameters
    ----------
    text
        HH.MM or HH:MM; also what spreadsheets make of it: 8 and 8.3 without their zeros, or a
        part of a day such as 0.3333.

    Raises
    ------
    BadCell
        If it is no time, or not on a half hour (method §4.2).

    Examples
    --------
    >>> [read_half_hour(text) for text in ("08.30", "8:00", "8.3", "0.333333333333333")]
    [17, 16, 17, 16]
    >>> read_half_hour("08.10")
    Traceback (most recent call last):
    aggregation.sheets.cells.BadCell: 08.10 bukan awal setengah jam; pakai 08.00 atau 08.30
    """
    minutes = _minutes(text.strip())
    if minutes is None or minutes > _MINUTES_A_DAY:
        message = f"“{quoted(text)}” bukan waktu; tulis jam dan menit seperti 08.00 atau 13.30"
        raise BadCell(message)
    slot, beyond = divmod(minutes, _MINUTES_A_SLOT)
    if beyond:
        message = (
            f"{clock(slot)[:3]}{minutes % _MINUTES_AN_HOUR:02d} bukan awal setengah jam; "
            f"pakai {clock(slot)} atau {clock(slot + 1)}"
        )
        raise BadCell(message)
    return slot


def read_slot(text: str) -> int:
    """Return the half hour of the day, 0 to 47, that a time lies in; what is beyond is dropped.

    Parameters
    ----------
    text
        As for :func:`read_half_hour`, on any minute, and with seconds if there are any.

    Raises
    ------
    BadCell
        If it is no time of a day.

    Examples
    --------
    >>> [read_slot(text) for text in ("08.00", "08:29:59", "8.30", "0.358796296296296")]
    [16, 16, 17, 17]
    """
    seconds = _WITH_SECONDS.fullmatch(text.strip())
    minutes = _minutes(seconds[1] if seconds else text.strip())
    if minutes is None or minutes >= _MINUTES_A_DAY:
        message = f"“{quoted(text)}” bukan waktu; tulis jam dan menit seperti 08.07 atau 13.42"
        raise BadCell(message)
    return minutes // _MINUTES_A_SLOT


def read_weekdays(text: str) -> tuple[int, ...]:
    """Return the weekdays a cell names, 1 (Monday) to 7, in order.

    Raises
    ------
    BadCell
        If a word is no weekday, or a range runs backwards.

    Examples
    --------
    >>> read_weekdays("Senin"), read_weekdays("Senin–Kamis"), read_weekdays("Selasa, Jum'at")
    ((1,), (1, 2, 3, 4), (2, 5))
    """
    found: set[int] = set()
    for part in _AND.split(_UNTIL.sub("–", text.strip())):
        first, *last = (_weekday(word) for word in part.split("–", 1))
        until = last[0] if last else first
        if until < first:
            message = f"“{quoted(text)}” berjalan mundur; tulis hari yang lebih awal dahulu"
            raise BadCell(message)
        found.update(range(first, until + 1))
    return tuple(sorted(found))


def clock(slot: int) -> str:
    """Write half hours since midnight as a time, such as 08.30."""
    return f"{slot // 2:02d}.{slot % 2 * 30:02d}"


def weekday_name(weekday: int) -> str:
    """Return the Indonesian name of a weekday, 1 (Monday) to 7."""
    return _WEEKDAYS[weekday - 1].capitalize()


def _weekday(word: str) -> int:
    letters = "".join(filter(str.isalpha, word)).upper()
    if letters not in _WEEKDAY_NUMBERS:
        message = f"“{quoted(word)}” bukan nama hari; pakai Senin sampai Minggu"
        raise BadCell(message)
    return _WEEKDAY_NUMBERS[letters]


def _minutes(text: str) -> int | None:
    """Return the minutes from midnight, None if the text is no time.

    0.25 is both 00.25 and a quarter of a day: whichever is a half hour is meant.
    """
    part = _PART_OF_A_DAY.fullmatch(text)
    minutes = None if part is None else round(float(f"0.{part[1]}") * _MINUTES_A_DAY)
    written = _TIME.fullmatch(text)
    if written is not None and (minutes is None or minutes % _MINUTES_A_SLOT):
        return int(written[1]) * _MINUTES_AN_HOUR + int(written[2])
    short = _WITHOUT_ZEROS.fullmatch(text)
    if short is not None and minutes is None:
        return int(short[1]) * _MINUTES_AN_HOUR + (_MINUTES_A_SLOT if short[2] else 0)
    return minutes


def _written_day(text: str) -> date | None:
    """Return the day, None if the text is written like none; raises ValueError if it is no day."""
    if (written := _YEAR_FIRST.fullmatch(text)) is not None:
        return date(int(written[1]), int(written[2]), int(written[3]))
    if (written := _DAY_FIRST.fullmatch(text)) is not None:
        name = written[2][:3].upper()
        month = int(name) if name.isdigit() else _MONTH_NUMBERS.get(name, 0)
        return date(int(written[3]), month, int(written[1]))
    if _SERIAL.fullmatch(text):
        return _SERIAL_DAY_0 + timedelta(days=int(text))
    return None
