"""Paragraphs of a report before it is issued, as somebody worded them (method §11).

A paragraph that reads like its draft is not kept, so that a draft follows the figures until
somebody has worded it otherwise.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from aggregation.changes.batch import Cause, hold_unit
from aggregation.publishing.models import ReportText
from survey.log import Act, record
from survey.merkle import Scalar

LONGEST_TEXT = 6000
LONGEST_LINE = 160
_ALLOWED_MARKS = "\n"


class Part(StrEnum):
    """A text of the report that its unit head may word."""

    LATAR_BELAKANG = "latar_belakang"
    TUJUAN = "tujuan"
    DASAR_HUKUM = "dasar_hukum"
    PELAKSANA = "pelaksana"
    METODE = "metode"
    LOKASI = "lokasi"
    WAKTU = "waktu"
    RESPONDEN = "responden"
    KEKUATAN = "analisis_kekuatan"
    KELEMAHAN = "analisis_kelemahan"
    TREN = "analisis_tren"
    TINDAK_LANJUT = "tindak_lanjut"
    PENUTUP = "penutup"
    TEMPAT = "tempat"
    JABATAN = "jabatan"
    NAMA = "nama"
    NIP = "nip"


SIGNATURE = (Part.TEMPAT, Part.JABATAN, Part.NAMA, Part.NIP)
"""The lines of the signature; they may be left empty, a paragraph may not."""

Texts = Mapping[Part, str]


class TextTooLong(ValueError):
    """A text is longer than a report takes.

    Attributes
    ----------
    part
        Which one.
    """

    def __init__(self, part: Part) -> None:
        """Carry the part."""
        super().__init__(part.value)
        self.part = part


@dataclass(frozen=True, slots=True)
class Worded:
    """A text as somebody worded it, and when."""

    text: str
    written_at: datetime


def longest(part: Part) -> int:
    """Return how many letters a text may have."""
    return LONGEST_LINE if part in SIGNATURE else LONGEST_TEXT


def worded_parts(session: Session, unit_id: int, period: str) -> dict[Part, Worded]:
    """Return the texts that somebody worded for a report."""
    rows = session.exec(
        select(ReportText).where(
            col(ReportText.unit_id) == unit_id, col(ReportText.period) == period
        )
    )
    return {Part(row.part): Worded(row.text, row.written_at) for row in rows}


def keep_texts(
    session: Session, unit_id: int, period: str, texts: Texts, *, drafts: Texts, cause: Cause
) -> int:
    """Keep what differs from its draft, forget what does not; return how many texts changed.

    Parameters
    ----------
    texts
        What was written, by part; parts that are missing stay as they are.
    drafts
        What the figures propose, of all parts.

    Raises
    ------
    TextTooLong
        If a text is longer than a report takes; nothing is kept then.
    """
    wanted = {part: _kept(part, text, drafts[part]) for part, text in texts.items()}
    hold_unit(session, unit_id)
    known = worded_parts(session, unit_id, period)
    changed = {
        part: text
        for part, text in wanted.items()
        if text != (known[part].text if part in known else None)
    }
    if not changed:
        return 0
    session.execute(
        delete(ReportText).where(
            col(ReportText.unit_id) == unit_id,
            col(ReportText.period) == period,
            col(ReportText.part).in_([part.value for part in changed]),
        )
    )
    written = {"unit_id": unit_id, "period": period, "written_at": cause.at, "written_by": cause.by}
    rows = [
        {**written, "part": part.value, "text": text}
        for part, text in changed.items()
        if text is not None
    ]
    if rows:
        session.execute(insert(ReportText), rows)
    facts: dict[str, Scalar] = {"period": period, "texts": len(changed)}
    act = Act("report.worded", cause.actor, f"report {period}", facts, unit_id)
    record(session, act, cause.at)
    return len(changed)


def _kept(part: Part, text: str, draft: str) -> str | None:
    """Return a text as it is kept; None if the draft says the same, or a paragraph is empty."""
    cleaned = clean(part, text)
    if len(cleaned) > longest(part):
        raise TextTooLong(part)
    if cleaned == clean(part, draft) or (not cleaned and part not in SIGNATURE):
        return None
    return cleaned


def clean(part: Part, text: str) -> str:
    """Return a text without marks that nobody sees; a line of the signature stays one line."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    seen = "".join(
        each
        for each in unicodedata.normalize("NFC", plain)
        if each in _ALLOWED_MARKS or not unicodedata.category(each).startswith("C")
    )
    if part in SIGNATURE:
        return " ".join(seen.split())
    return "\n".join(line.rstrip() for line in seen.strip().split("\n"))
