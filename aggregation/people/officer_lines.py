"""The lines of a sheet of officers, before anything is known about the officers there are."""

import re
from dataclasses import dataclass
from datetime import date

from aggregation.people.nip import Nip, NotANip, became_a_number, printed, read_nip
from aggregation.sheets.calendar_cells import read_day
from aggregation.sheets.cells import BadCell, has_many_digits, one_of, read_text
from aggregation.sheets.header import Column
from aggregation.sheets.sheet import Row, Sheet
from aggregation.sheets.sheet_import import Findings, LineReader, optional_columns

NUMBER, NIP, STAFF_NUMBER = "NIP/NOMOR PEGAWAI", "NIP", "NOMOR PEGAWAI"
NAME, STATUS, JOB_GROUP = "NAMA", "STATUS", "KELOMPOK JABATAN"
HEAD, ASSESSOR = "NIP ATASAN", "NIP PENILAI"
STARTS, ENDS = "MULAI", "SELESAI"
OFFICER_COLUMNS = (
    *optional_columns(NUMBER),
    Column(NIP, also=("NI PPPK", "NIP/NI PPPK"), required=False),
    Column(STAFF_NUMBER, also=("NO PEGAWAI",), required=False),
    Column(NAME, also=("NAMA PETUGAS", "NAMA LENGKAP", "NAMA PEGAWAI")),
    Column(STATUS, also=("STATUS KEPEGAWAIAN",)),
    *optional_columns(JOB_GROUP, HEAD, ASSESSOR),
    Column(STARTS, also=("TMT", "MULAI TUGAS")),
    Column(ENDS, also=("SELESAI TUGAS",), required=False),
)
LONGEST_NAME = 200
LONGEST_JOB_GROUP = 80
LONGEST_STAFF_NUMBER = 40

NON_ASN = "NON_ASN"
_STATUSES = {"PNS": "PNS", "PPPK": "PPPK", "NON ASN": NON_ASN}
STATUS_WORDS = {status: word for word, status in _STATUSES.items()}
"""How the sheet writes each status."""

_STAFF_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9 ._/-]*")


@dataclass(frozen=True, slots=True)
class OfficerLine:
    """One line of the sheet: a person, and where the person belongs from a day on.

    Attributes
    ----------
    nip, staff_number
        At least one; numbers in their one spelling.
    head, assessor
        Numbers of other officers, NIP or staff number.
    """

    line: int
    nip: str | None
    staff_number: str | None
    name: str
    employment: str
    job_group: str
    head: str | None
    assessor: str | None
    starts_on: date
    ends_on: date | None


def read_number(text: str) -> str:
    """Return an officer's number in its one spelling: a NIP, or the office's own staff number.

    Raises
    ------
    BadCell
        If it is neither; the sentence never repeats it.

    Notes
    -----
    Many digits are taken for a NIP, so that a mistyped NIP is not mistaken for a staff number.
    """
    if not _may_be_a_nip(text):
        return read_staff_number(text)
    try:
        return read_nip(text).text
    except NotANip as error:
        raise BadCell(str(error)) from error


def number_of(staff_number: str | None, nip: str | None) -> str:
    """Return the number by which a sheet names an officer: the NIP only if there is no other."""
    return staff_number or ("" if nip is None else printed(nip))


def read_staff_number(text: str) -> str:
    """Return the office's own number of an officer: up to 40 capitals, digits and - . /.

    Raises
    ------
    BadCell
        If it is none, or looks like a NIP or a citizen's NIK.
    """
    number = " ".join(text.upper().split())
    if _may_be_a_nip(number):
        message = "tampak seperti NIP atau NIK; isi NIP di kolom NIP, dan jangan pernah memakai NIK"
        raise BadCell(message)
    if len(number) > LONGEST_STAFF_NUMBER or not _STAFF_NUMBER.fullmatch(number):
        message = "bukan nomor pegawai; pakai huruf, angka, titik, garis miring, dan tanda hubung"
        raise BadCell(message)
    return number


def read_lines(sheet: Sheet, findings: Findings) -> list[OfficerLine]:
    """Return the lines that can be read; every other one is noted with its reasons."""
    return [line for row in sheet.rows if (line := read_line(row, findings)) is not None]


def read_line(row: Row, findings: Findings) -> OfficerLine | None:
    """Return what one row says, None if it cannot be read, with its reasons noted."""
    reader = LineReader(row, findings)
    nip, staff_number = _read_numbers(reader)
    name = reader.needed(NAME, lambda text: read_text(text, LONGEST_NAME))
    employment = reader.needed(STATUS, one_of(_STATUSES))
    if employment is not None:
        _check_status(reader, nip, staff_number, employment)
    starts_on = reader.needed(STARTS, read_day)
    ends_on = reader.optional(ENDS, read_day)
    if starts_on and ends_on and ends_on < starts_on:
        reader.refuse(ENDS, f"{ends_on} sebelum MULAI {starts_on}; perbaiki salah satu")
    line = OfficerLine(
        line=row.line,
        nip=None if nip is None else nip.text,
        staff_number=staff_number,
        name=name or "",
        employment=employment or "",
        job_group=reader.optional(JOB_GROUP, lambda t: read_text(t, LONGEST_JOB_GROUP)) or "",
        head=reader.optional(HEAD, read_number),
        assessor=reader.optional(ASSESSOR, read_number),
        starts_on=starts_on or date.min,
        ends_on=ends_on,
    )
    return None if findings.has_refused(row.line) else line


def _read_numbers(reader: LineReader) -> tuple[Nip | None, str | None]:
    """Return NIP and staff number, from columns of their own or from the one for both."""
    nip = _read_nip(reader, NIP)
    staff_number = reader.optional(STAFF_NUMBER, read_staff_number)
    either = reader.text(NUMBER)
    if either and _may_be_a_nip(either):
        return _read_nip(reader, NUMBER) or nip, staff_number
    return nip, reader.optional(NUMBER, read_staff_number) or staff_number


def _read_nip(reader: LineReader, column: str) -> Nip | None:
    if not reader.text(column):
        return None
    try:
        nip = read_nip(reader.text(column))
    except NotANip as error:
        reader.refuse(column, str(error))
        return None
    for warning in nip.warnings:
        reader.warn(column, warning)
    return nip


def _check_status(
    reader: LineReader, nip: Nip | None, staff_number: str | None, employment: str
) -> None:
    has_nip = any(_may_be_a_nip(reader.text(column)) for column in (NIP, NUMBER))
    if employment == NON_ASN:
        if has_nip:
            reader.refuse(STATUS, "NON ASN tidak mempunyai NIP; perbaiki STATUS atau NIP-nya")
        elif staff_number is None:
            reader.refuse(STAFF_NUMBER, "kosong; NON ASN memerlukan nomor buatan kantor")
    elif not has_nip:
        reader.refuse(NIP, f"kosong; {employment} memerlukan NIP 18 angka")
    elif nip is not None and nip.form not in (None, employment):
        reader.warn(NIP, f"bentuknya {nip.form}, sedangkan STATUS menulis {employment}")


def _may_be_a_nip(text: str) -> bool:
    return became_a_number(text) or has_many_digits(text)
