"""The nightly probe: a test response of each value goes the citizen's way (method §8).

A chain of seals does not show what was never recorded. So each night each face is touched once on
the real pages, and what the database then holds is read back: one row, with that value.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from deploy.citizen import Citizen, faces_form
from deploy.migrate import is_current
from deploy.one_at_a_time import one_at_a_time
from kiosk.app import public_site
from survey.database import reading, writing
from survey.desks import RatedDesk
from survey.leaf import leaf_entry
from survey.ledger import Place, place_of
from survey.merkle import leaf_digest
from survey.models import Response, table_of
from survey.month import local_day, time_zone
from survey.probe_desk import probe_desk
from survey.questionnaire import HIGHEST, LOWEST, RATINGS
from survey.receipt import digest_of, receipt_for
from survey.seal_check import Difference
from survey.settings import Settings
from survey.visit_token import RATE, ForeignToken, read_token

PROBE = "probe"
_RESPONSE = table_of(Response)


def probe(settings: Settings, engine: Engine, site: Flask | None = None) -> list[Difference]:
    """Touch each face that was not touched today; return what is not as it must be.

    Twice the same day is once, also by two processes at once: each face has one row a day.

    Parameters
    ----------
    site
        The public site on that database, where one runs already; otherwise one is made.
    """
    with one_at_a_time(engine, PROBE):
        with writing(engine) as session:
            desk = probe_desk(session, settings.key("desk"))
        today = local_day(datetime.now(UTC), time_zone(desk.time_zone))
        before = _values(engine, desk, today)
        missing = [value for value in RATINGS if not before[value]]
        found: list[Difference] = []
        if missing:
            opened = site or public_site(settings, engine, is_current)
            visitor = _Visitor(settings, engine, desk, Citizen(opened, settings.public_url))
            found = [fault for value in missing for fault in visitor.faults_of(value)]
        told = {fault.subject for fault in found}
        doubled = _doubled(_values(engine, desk, today), today)
        return found + [fault for fault in doubled if fault.subject not in told]


class _Visitor:
    """Goes through one visit after the other, and looks into the database behind it."""

    def __init__(
        self, settings: Settings, engine: Engine, desk: RatedDesk, citizen: Citizen
    ) -> None:
        self._settings, self._engine, self._desk = settings, engine, desk
        self._citizen = citizen
        self._path = f"/l/{desk.code}"

    def faults_of(self, value: int) -> list[Difference]:
        """Rate a visit, and return what was not as it must be."""
        return [Difference(PROBE, _subject(value), sentence) for sentence in self._visit(value)]

    def _visit(self, value: int) -> Iterator[str]:
        page = self._citizen.open(self._path)
        form = faces_form(page.text)
        response_id = self._id_in(form.hidden.get("token", ""))
        if response_id is None or tuple(form.faces) != tuple(map(str, RATINGS)):
            yield f"Halaman loket uji tidak menawarkan empat wajah (jawaban {page.status_code})."
            return
        receipt = receipt_for(response_id, self._settings.key("receipt"))
        before = self._rows()
        for status in (HTTPStatus.CREATED, HTTPStatus.OK):  # the same form is sent once more
            thanks = self._citizen.tap(self._path, form, str(value))
            if thanks.status_code != status or receipt not in thanks.text:
                yield _answered(f"Ketukan {value}", thanks, "tanda terimanya")
        kept = [row for key, row in self._rows().items() if key not in before]
        faults = list(self._faults_of_rows(kept, value, response_id, receipt))
        yield from faults
        if faults:  # another face might be taken for the first one
            return
        refused = self._citizen.tap(self._path, form, str(LOWEST + HIGHEST - value))
        if refused.status_code != HTTPStatus.UNPROCESSABLE_ENTITY or "<h1>" not in refused.text:
            yield _answered(f"Wajah lain setelah ketukan {value}", refused, "penolakan yang sopan")
        if [row for key, row in self._rows().items() if key not in before] != kept:
            yield f"Wajah lain setelah ketukan {value} mengubah yang tersimpan."
        if self._citizen.open(f"/resi/{receipt}").status_code != HTTPStatus.OK:
            yield f"Tanda terima ketukan {value} tidak ditemukan."

    def _faults_of_rows(
        self, rows: Sequence[Any], value: int, response_id: UUID, receipt: str
    ) -> Iterator[str]:
        if len(rows) != 1:
            yield f"Ketukan {value} tersimpan {len(rows)} kali, seharusnya sekali."
        for row in rows:
            if row.overall != value:
                yield f"Ketukan {value} tersimpan sebagai {row.overall}."
            if row.leaf != leaf_digest(leaf_entry("response", row._mapping)):  # noqa: SLF001
                yield f"Sidik baris ketukan {value} tidak cocok dengan isinya."
        if rows and response_id not in {row.id for row in rows}:
            yield f"Ketukan {value} tersimpan dengan nomor lain."
        digest = digest_of(receipt, self._settings.key("receipt"))
        if rows and digest not in {row.receipt_digest for row in rows}:
            yield f"Ketukan {value} tersimpan dengan tanda terima lain."
        with reading(self._engine) as session:
            place = place_of(session.connection(), response_id)
        if place not in [Place(row.unit_id, row.month, row.id) for row in rows] and rows:
            yield f"Nomor ketukan {value} tidak terdaftar di tempatnya."

    def _id_in(self, token: str) -> UUID | None:
        try:
            return read_token(token, self._settings.key("token"), RATE, self._path).id
        except ForeignToken:
            return None

    def _rows(self) -> dict[UUID, Any]:
        """Return the probe's rows of the last days."""
        today = local_day(datetime.now(UTC), time_zone(self._desk.time_zone))
        recent = select(_RESPONSE).where(
            _RESPONSE.c.unit_id == self._desk.unit_id,
            _RESPONSE.c.received_on >= today - timedelta(days=1),
        )
        with reading(self._engine) as session:
            return {row.id: row for row in session.connection().execute(recent)}


def _values(engine: Engine, desk: RatedDesk, day: date) -> Counter[int]:
    """Return how many of the probe's rows of a day have which value."""
    of_the_day = select(_RESPONSE.c.overall).where(
        _RESPONSE.c.unit_id == desk.unit_id, _RESPONSE.c.received_on == day
    )
    with reading(engine) as session:
        return Counter(session.connection().execute(of_the_day).scalars())


def _doubled(values: Counter[int], day: date) -> list[Difference]:
    return [
        Difference(PROBE, _subject(value), f"Ketukan uji {value} tersimpan {n} kali pada {day}.")
        for value, n in sorted(values.items())
        if n > 1
    ]


def _answered(what: str, answer: TestResponse, wanted: str) -> str:
    return f"{what} dijawab {answer.status_code}, tanpa {wanted}."


def _subject(value: int) -> str:
    return f"{PROBE} {value}"
