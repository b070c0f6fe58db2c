"""Made-up sheets of paper questionnaires, and ways to hand them in."""

from datetime import datetime

import pytest
from sqlalchemy import Engine

from aggregation.changes.batch import Cause
from aggregation.office.sheet_template import SheetKind
from aggregation.office.take_in import take_in
from aggregation.paper.paper_import import PaperTerms
from aggregation.sheets.sheet_import import Outcome, SheetRefused
from survey.database import writing
from survey.questionnaire import ElementOrder
from survey.units import unit_with
from tests.factories import KEYS
from tests.office_factories import NOON, UNIT
from tests.record_factories import everything_in

HEADER = (
    "NO;TANGGAL;JAM;USIA;JENIS KELAMIN;PENDIDIKAN;PEKERJAAN;"
    "U1;U2;U3;U4;U5;U6;U7;U8;U9;SARAN;LOKET;LAYANAN"
)


def paper_line(
    day: str = "2026-10-02",
    nine: str = "343433434",
    *,
    time: str = "",
    age: str = "",
    sex: str = "",
    education: str = "",
    work: str = "",
    comment: str = "",
    desk: str = "",
    service: str = "",
) -> str:
    """Return one line below the `HEADER`; its number is left out."""
    ratings = ";".join(nine) if ";" not in nine else nine
    return f";{day};{time};{age};{sex};{education};{work};{ratings};{comment};{desk};{service}"


def paper_sheet(*lines: str) -> bytes:
    """Return a CSV file; its first line below the header is line 2."""
    return "\n".join([HEADER, *lines]).encode()


def hand_in(
    engine: Engine,
    data: bytes,
    unit: str = UNIT,
    *,
    at: datetime = NOON,
    order: ElementOrder | None = None,
) -> Outcome:
    """Take a sheet of questionnaires in and commit."""
    with writing(engine) as session:
        return take_in(
            session,
            SheetKind.RESPONSES,
            data,
            unit_with(session, unit),
            Cause("Wati", "", at),
            paper=PaperTerms(KEYS, order),
        )


def refused_for(engine: Engine, data: bytes, *, order: ElementOrder | None = None) -> list[str]:
    """Return what a sheet is refused for, having seen that nothing of it was kept."""
    before = everything_in(engine)
    with pytest.raises(SheetRefused) as refused:
        hand_in(engine, data, order=order)
    assert everything_in(engine) == before
    return [str(complaint) for complaint in refused.value.complaints]
