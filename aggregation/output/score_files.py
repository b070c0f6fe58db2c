"""The month's rows as JSON, CSV and XLSX: the same rows, the same numbers, the same bytes again.

JSON writes rounded numbers as strings, so that no reader turns 87.10 into 87.1. CSV is plain
RFC 4180 in UTF-8 for machines; people open the XLSX.
"""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import UTC
from decimal import Decimal

import xlsxwriter

from aggregation.appraisal.monthly_scores import MonthlyScores, ScoreRow
from aggregation.output.csv_rows import csv_rows

COLUMNS = tuple(field.name for field in fields(ScoreRow))
_WIDTHS = {"name": 28, "nip": 21, "unit": 22, "officer_key": 15, "reason": 60, "month": 10}
_USUAL_WIDTH = 14


def as_json(scores: MonthlyScores) -> bytes:
    """Return the rows as one JSON object, with what they are rows of."""
    whole = {
        "unit": scores.unit,
        "month": str(scores.month),
        "revision": scores.revision,
        "closed_at": scores.closed_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "figures_digest": scores.figures_digest.hex(),
        "rows": [asdict(row) for row in scores.rows],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, default=str).encode() + b"\n"


def as_csv(scores: MonthlyScores) -> bytes:
    """Return the rows as CSV; a text that a spreadsheet would run as a formula is quoted by it."""
    return csv_rows(COLUMNS, (asdict(row).values() for row in scores.rows))


def as_xlsx(scores: MonthlyScores) -> bytes:
    """Return the rows as a workbook: numbers as numbers, a NIP as text, nothing as a formula."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        # A fixed time: the same rows must give the same bytes.
        book.set_properties({"created": scores.closed_at.astimezone(UTC).replace(tzinfo=None)})
        sheet = book.add_worksheet(f"Nilai {scores.month}")
        head = book.add_format({"bold": True})
        points, share = (book.add_format({"num_format": form}) for form in ("0.00", "0.0000"))
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(COLUMNS):
            sheet.set_column(place, place, _WIDTHS.get(name, _USUAL_WIDTH))
            sheet.write_string(0, place, name, head)
        for line, row in enumerate(scores.rows, start=1):
            for place, cell in enumerate(asdict(row).values()):
                if isinstance(cell, Decimal):
                    form = share if COLUMNS[place] == "coverage" else points
                    sheet.write_number(line, place, cell, form)
                elif isinstance(cell, int):
                    sheet.write_number(line, place, cell)
                elif cell is not None:
                    sheet.write_string(line, place, str(cell))
    return out.getvalue()


FORMATS: Mapping[str, Callable[[MonthlyScores], bytes]] = {
    "json": as_json,
    "csv": as_csv,
    "xlsx": as_xlsx,
}
