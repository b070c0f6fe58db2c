"""One month of one office, from its spreadsheets to HR's file, across both sites."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import cycle
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import time_machine
from click.testing import CliRunner
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, text

from deploy.nilai import main
from survey.command import Installation
from survey.month import HalfHour, starts
from tests.factories import all_nine, follow, hidden_fields, settings, tap
from tests.site_client import PublicClient, phone
from tests.tampering import tampering

JAKARTA = ZoneInfo("Asia/Jakarta")
MORNING, AFTERNOON = "198503122009012003", "197911052006041011"
SHEETS = {
    "units": "KODE;NAMA;ZONA WAKTU\nUPTD;Disdukcapil Kota Contoh;WIB\n",
    "services": "KODE;NAMA\nKTP-EL;KTP elektronik\nKK;Kartu Keluarga\n",
    "desks": "KODE;NAMA;LAYANAN\nL1;Loket 1;KTP-EL\nL2;Loket 2;KTP-EL, KK\n",
    "officers": (
        "NIP;NAMA;STATUS;MULAI\n"
        f"{MORNING};Siti Rahmawati;PNS;2026-09-01\n"
        f"{AFTERNOON};Hendra Saputra;PNS;2026-09-01\n"
    ),
    "duties": "LOKET;NIP;HARI;MULAI;SELESAI;BERLAKU MULAI\n"
    + "".join(
        f"L1;{MORNING};{day};08.00;12.00;2026-10-01\nL1;{AFTERNOON};{day};13.00;15.00;2026-10-01\n"
        for day in ("Senin", "Selasa", "Rabu", "Kamis", "Jumat")
    ),
}
WEIGHTS = {"overall": 4, "perilaku": 3, "kompetensi": 2, "waktu": 1}
NINE = (
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "pengaduan",
    "sarana",
)


class Figure(NamedTuple):
    """What is compared of an officer's row."""

    n: int
    index_raw: str | None


@dataclass(frozen=True)
class Office:
    """An office as its operator has it: a command line, a folder, a site for citizens."""

    engine: Engine
    folder: Path
    citizens: PublicClient

    def run(self, *words: str, expect: int = 0) -> bytes:
        installation = Installation(settings(), self.engine)
        done = CliRunner().invoke(main, list(words), obj=installation)
        assert done.exit_code == expect, done.output
        return done.stdout_bytes

    def printed(self, *words: str) -> str:
        file = self.folder / "printed.pdf"
        self.run(*words, "-o", str(file))
        return "\n".join(page.extract_text() for page in PdfReader(file).pages)


def test_a_month_from_the_first_tap_to_the_file_of_hr(engine: Engine, tmp_path: Path) -> None:
    a_month(Office(engine, tmp_path, phone(engine)))


def a_month(office: Office) -> None:
    with time_machine.travel(at(2026, 9, 28, 9, 0), tick=False):
        set_up(office)
        poster, slips = codes_on_paper(office)

    with time_machine.travel(at(2026, 10, 5, 9, 10), tick=False):
        receipt = first_citizen_answers_everything(office, poster)
    with time_machine.travel(at(2026, 10, 6, 10, 40), tick=False):
        second_citizen_uses_a_slip_twice(office, next(slips))
    sixty_more_rate_three_or_four(office, poster, slips)

    with time_machine.travel(at(2026, 10, 20, 10, 0), tick=False):
        office.run("close", "2026-10", "--unit", "UPTD", expect=1)
    with time_machine.travel(at(2026, 11, 5, 9, 0), tick=False):
        closed = office.run("close", "2026-10", "--unit", "UPTD")
        files = pulled(office)
        assert office.run("close", "2026-10", "--unit", "UPTD") == closed
        assert pulled(office) == files
        late_citizen_changes_nothing(office, poster)
        assert pulled(office) == files
        assert "tanda terima" in office.citizens.get(f"/resi/{receipt}").text.lower()

    by_hand = recomputed(office.engine)
    assert by_hand[MORNING].n >= 30
    assert from_json(files["json"]) == by_hand
    assert from_csv(files["csv"]) == by_hand
    assert from_xlsx(files["xlsx"]) == by_hand


def test_the_recomputation_would_notice_one_changed_rating(engine: Engine, tmp_path: Path) -> None:
    office = Office(engine, tmp_path, phone(engine))
    with time_machine.travel(at(2026, 9, 28, 9, 0), tick=False):
        set_up(office)
        poster, slips = codes_on_paper(office)
    sixty_more_rate_three_or_four(office, poster, slips)
    with time_machine.travel(at(2026, 11, 5, 9, 0), tick=False):
        office.run("close", "2026-10", "--unit", "UPTD")
        files = pulled(office)
    changed = "UPDATE response SET overall = 1 WHERE id = (SELECT min(id{}) FROM response r {})"
    as_text = "::text" if engine.dialect.name == "postgresql" else ""
    where = "WHERE r.channel = 'ticket' AND r.overall = 4 AND r.half_hour % 48 < 24"
    query = changed.format(as_text, where)
    if as_text:
        query = query.replace("WHERE id =", "WHERE id::text =")
    with tampering(engine) as session:
        assert session.connection().execute(text(query)).rowcount == 1
    assert from_json(files["json"]) != recomputed(engine)


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=JAKARTA)  # type: ignore[arg-type, misc]


def set_up(office: Office) -> None:
    for kind, sheet in SHEETS.items():
        file = office.folder / f"{kind}.csv"
        file.write_text(sheet, encoding="utf-8")
        unit = () if kind == "units" else ("--unit", "UPTD")
        office.run("import", kind, str(file), *unit)
    assert b"Loket" not in office.run("duties", "check", "2026-10", "--unit", "KOSONG", expect=1)


def codes_on_paper(office: Office) -> tuple[str, Iterator[str]]:
    """Read the poster and the slips as a citizen does: from the printed page."""
    poster = office.printed("posters", "--unit", "UPTD", "--desk", "L1")
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", poster)
    assert code is not None
    slips = office.printed("slips", "--desk", "L1", "--count", "50")
    tokens = re.findall(r"\b[0-9A-Z]{26}\b", slips)
    assert len(set(tokens)) == 50
    return f"/l/{code[0].replace('-', '')}", (f"/t/{token}" for token in tokens)


def first_citizen_answers_everything(office: Office, poster: str) -> str:
    thanks = tap(office.citizens, poster, 2)
    assert thanks.status_code == 201
    done = follow(office.citizens, poster, thanks, **all_nine(3), comment="Menunggu lama.")
    assert done.status_code == 201
    receipt = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", done.text)
    assert receipt is not None
    return receipt[0]


def second_citizen_uses_a_slip_twice(office: Office, slip: str) -> None:
    fields = hidden_fields(office.citizens.get(slip))
    first = office.citizens.post(slip, data={**fields, "KESELURUHAN": "4"})
    again = office.citizens.post(slip, data={**fields, "KESELURUHAN": "4"})
    other = office.citizens.post(slip, data={**fields, "KESELURUHAN": "1"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert office.citizens.get(slip).status_code == 410


def sixty_more_rate_three_or_four(office: Office, poster: str, slips: Iterator[str]) -> None:
    """Forty by slip and twenty by poster, over two weeks, mornings and afternoons."""
    ratings, more = cycle((4, 3, 4, 4)), cycle((True, False, False))
    hours = (9, 10, 11, 13)
    for number in sorted(range(60), key=lambda each: (each % 3, hours[each % 4])):
        day, hour = 7 + number % 3, hours[number % 4]
        path = next(slips) if number % 3 else poster
        with time_machine.travel(at(2026, 10, day, hour, 5), tick=False):
            thanks = tap(office.citizens, path, next(ratings))
            assert thanks.status_code == 201
        # Who reads nine questions takes longer than ten seconds.
        with time_machine.travel(at(2026, 10, day, hour, 6), tick=False):
            if next(more):
                follow(office.citizens, path, thanks, **all_nine(next(ratings)))


def late_citizen_changes_nothing(office: Office, poster: str) -> None:
    with time_machine.travel(at(2026, 10, 31, 23, 50), tick=False):
        fields = hidden_fields(office.citizens.get(poster))
    with time_machine.travel(at(2026, 11, 1, 9, 0), tick=False):
        answer = office.citizens.post(poster, data={**fields, "KESELURUHAN": "1"})
    assert answer.status_code == 201
    with office.engine.connect() as connection:
        late = connection.execute(text("SELECT count(*) FROM response WHERE late")).scalar()
    assert late == 1


def pulled(office: Office) -> dict[str, bytes]:
    words = ("scores", "2026-10", "--unit", "UPTD", "--as-of", "2026-11-05T09:00+07:00", "--format")
    return {kind: office.run(*words, kind) for kind in ("json", "csv", "xlsx")}


def recomputed(engine: Engine) -> dict[str, Figure]:
    """Compute the file from the rows alone, with plain loops and fractions."""
    columns = ", ".join(f"f.{name}" for name in NINE)
    query = text(
        f"SELECT r.half_hour, r.channel, r.late, r.overall, d.code AS desk, {columns} "
        "FROM response r JOIN desk d ON d.id = r.desk_id "
        "LEFT JOIN followup f ON f.response_id = r.id"
    )
    with engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
    voices: dict[str, list[Fraction]] = {MORNING: [], AFTERNOON: []}
    for row in rows:
        hour = starts(HalfHour(row["half_hour"])).hour
        officer = MORNING if hour < 12 else AFTERNOON
        if row["desk"] != "L1" or row["channel"] != "ticket" or row["late"]:
            continue
        given = {name: row[name] for name in WEIGHTS if row[name] is not None}
        weight = sum(WEIGHTS[name] for name in given)
        voices[officer].append(
            sum(
                (Fraction(WEIGHTS[name] * rating, weight) for name, rating in given.items()),
                Fraction(),
            )
        )
    return {nip: Figure(len(found), shown_index(found)) for nip, found in voices.items()}


def shown_index(voices: list[Fraction]) -> str | None:
    if len(voices) < 30:
        return None
    printed = rounded(sum(voices, Fraction()), 4)
    return str(rounded(25 * Fraction(printed) / len(voices), 2))


def rounded(value: Fraction, decimals: int) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def from_json(file: bytes) -> dict[str, Figure]:
    rows = json.loads(file)["rows"]
    return {row["nip"]: Figure(row["n"], row["index_raw"]) for row in rows}


def from_csv(file: bytes) -> dict[str, Figure]:
    rows = csv.DictReader(io.StringIO(file.decode()))
    return {r["nip"]: Figure(int(r["n"]), r["index_raw"] or None) for r in rows}


def from_xlsx(file: bytes) -> dict[str, Figure]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0)
    head, *rows = sheet.to_python()
    found = [dict(zip(map(str, head), row, strict=True)) for row in rows]
    return {
        str(row["nip"]): Figure(
            int(float(str(row["n"]))),
            f"{row['index_raw']:.2f}" if row["index_raw"] != "" else None,
        )
        for row in found
    }
