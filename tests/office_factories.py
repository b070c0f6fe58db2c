"""Made-up offices and sheets for tests of set-up; every sheet is written as an office would."""

from datetime import UTC, datetime
from textwrap import dedent
from typing import Any

import pytest
from sqlalchemy import Engine

from aggregation.changes.batch import Cause
from aggregation.office.sheet_template import SheetKind
from aggregation.office.take_in import take_in
from aggregation.paper.paper_import import PaperTerms
from aggregation.sheets.sheet_import import Outcome, SheetRefused
from survey.database import reading, writing
from survey.models import ClosedMonth
from survey.month import Month
from survey.units import unit_with
from tests.factories import KEYS
from tests.record_factories import everything_in, rows_of

UNIT = "DUKCAPIL"
NOON = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)
"""12.00 in Jakarta, on a Monday."""

OCTOBER = Month(2026, 10)
HEAD_NIP, SARI_NIP = "197508172000031001", "199002282021212001"

UNITS = """
    KODE;NAMA;ZONA WAKTU
    DUKCAPIL;Disdukcapil Kota Contoh;WIB
"""
SERVICES = """
    KODE;NAMA
    KTP-EL;KTP elektronik
    KK;Kartu keluarga
"""
DESKS = """
    KODE;NAMA;JENIS;LAYANAN
    L1;Loket 1;LOKET;KTP-EL
    L2;Loket 2;LOKET;KTP-EL, KK
    AULA;Ruang tunggu;RUANG;
"""
OFFICERS = """
    NIP;NOMOR PEGAWAI;NAMA;STATUS;KELOMPOK JABATAN;NIP ATASAN;NIP PENILAI;MULAI;SELESAI
    19750817 200003 1 001;;Ahmad;PNS;Kepala seksi;;;2026-01-02;
    19900228 202121 2 001;;Sari;PPPK;Operator;197508172000031001;197508172000031001;2026-01-02;
    ;HL-021;Budi;NON ASN;Tenaga loket;197508172000031001;;2026-01-02;
"""
DUTY_HEADER = "LOKET;NIP/NOMOR PEGAWAI;HARI;TANGGAL;MULAI;SELESAI;BERLAKU MULAI;ALASAN\n"


def csv(text: str) -> bytes:
    return dedent(text).strip().encode()


def duty_sheet(*lines: str) -> str:
    """Return a sheet of duties; its first line below the header is line 2."""
    return DUTY_HEADER + "\n".join(lines)


def take(
    engine: Engine,
    kind: SheetKind,
    text: str | bytes,
    unit: str | None = UNIT,
    *,
    at: datetime = NOON,
    reason: str = "",
    by: str = "Wati",
) -> Outcome:
    """Take a sheet in and commit."""
    data = text if isinstance(text, bytes) else csv(text)
    with writing(engine) as session:
        belongs = unit_with(session, unit) if unit else None
        cause, paper = Cause(by, reason, at), PaperTerms(KEYS)
        return take_in(session, kind, data, belongs, cause, paper=paper)


def complaints(
    engine: Engine, kind: SheetKind, text: str | bytes, unit: str | None = UNIT
) -> list[str]:
    """Return what a sheet is refused for, having seen that nothing of it was kept."""
    before = everything_in(engine)
    with pytest.raises(SheetRefused) as refused:
        take(engine, kind, text, unit)
    assert everything_in(engine) == before
    return [str(complaint) for complaint in refused.value.complaints]


def an_office(engine: Engine) -> int:
    """Set up a unit with services, three desks and three officers; return the unit's id."""
    take(engine, SheetKind.UNITS, UNITS, None)
    take(engine, SheetKind.SERVICES, SERVICES)
    take(engine, SheetKind.DESKS, DESKS)
    take(engine, SheetKind.OFFICERS, OFFICERS)
    with reading(engine) as session:
        return unit_with(session, UNIT).id or 0


def close(engine: Engine, unit_id: int, month: Month = OCTOBER) -> None:
    with writing(engine) as session:
        session.add(ClosedMonth(unit_id=unit_id, month=month, closed_at=NOON))


def by_code(engine: Engine, table: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a table by their code."""
    return {row["code"]: row for row in rows_of(engine, table)}
