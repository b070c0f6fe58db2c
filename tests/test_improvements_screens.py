"""The pages of the follow-up register in a real browser."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, FilePayload, expect
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.demo.improvements import add_demo_improvements
from aggregation.improvements.register import State, register
from survey.database import reading, writing
from survey.set_up import add_unit
from survey.units import local_today
from tests.improvement_factories import document
from tests.record_factories import rows_of
from tests.release_factories import made_counts, made_release
from tests.staff_browser import look_everywhere, windows
from tests.staff_factories import make_account, staff

TODAY = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)
PAGE = "/unit/DISDUKCAPIL-CONTOH/tindak-lanjut"


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with time_machine.travel(TODAY):
        yield


class World:
    """The demo's register, and its head."""

    def __init__(self, engine: Engine) -> None:
        with writing(engine) as session:
            unit_id = add_unit(
                session, "DISDUKCAPIL-CONTOH", "Disdukcapil Kota Contoh", "Asia/Jakarta"
            )
            self.unit_id = unit_id
            self.head = make_account(session, RoleIn(Role.UNIT_HEAD, unit_id))
            self.officer = make_account(
                session, RoleIn(Role.AUDITOR, unit_id), email="b@contoh.example"
            )
            for period, month, weights in (
                ("2026-Q2", 7, (2, 8, 40, 50)), ("2026-Q3", 10, (20, 30, 30, 20)),
            ):  # fmt: skip
                moment = datetime(2026, month, 5, 2, tzinfo=UTC)
                counts = made_counts(90, weights=weights)
                made_release(session, unit_id, period, counts, released_at=moment)
            add_demo_improvements(session, unit_id, "kepala")
        with reading(engine) as session:
            lines = register(session, unit_id, local_today(session, unit_id, TODAY))
            self.actions = {line.state: line.id for line in reversed(lines)}


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    return World(sqlite_engine)


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


def test_every_screen_is_readable_for_everyone(
    browser: Browser, app: Flask, sqlite_engine: Engine, world: World
) -> None:
    actions = world.actions
    of_head = {
        "improvements": PAGE,
        "improvement-plan": f"{PAGE}/rencanakan?periode=2026-Q3&unsur=WAKTU",
        "improvement-done": f"{PAGE}/{actions[State.DONE]}",
    }
    of_reader = {"improvement-read": f"{PAGE}/{actions[State.LATE]}"}
    for who, screens in ((world.head, of_head), (world.officer, of_reader)):
        with windows(browser, app, sqlite_engine, account_id=who) as opens:
            look_everywhere(opens, screens)


def noisy_photo() -> bytes:
    """Return a photo of more than two mebibytes."""
    file = io.BytesIO()
    Image.effect_noise((3000, 2000), 90).save(file, "JPEG", quality=95)
    assert len(file.getvalue()) > 2 * 1024 * 1024
    return file.getvalue()


def test_a_large_photo_is_made_smaller_and_a_large_document_is_said_to_be(
    browser: Browser, app: Flask, sqlite_engine: Engine, world: World
) -> None:
    with windows(browser, app, sqlite_engine, account_id=world.head) as opens:
        page = opens().open(f"{PAGE}/{world.actions[State.RUNNING]}")
        chosen = page.get_by_label("Tambah bukti")
        large = document() + b" " * (3 * 1024 * 1024)
        chosen.set_input_files(FilePayload(name="a.pdf", mimeType="application/pdf", buffer=large))
        expect(page.get_by_role("status").get_by_text("lebih besar dari 2 MB")).to_be_visible()
        photo = FilePayload(name="loket.jpeg", mimeType="image/jpeg", buffer=noisy_photo())
        chosen.set_input_files(photo)
        expect(page.get_by_role("status").get_by_text("lebih besar")).to_have_count(0)
        page.get_by_role("button", name="Unggah bukti").click()
        expect(page.get_by_text("Bukti tersimpan.")).to_be_visible()
        expect(page.get_by_role("link", name="loket.jpg")).to_be_visible()
    sizes = [row["size"] for row in rows_of(sqlite_engine, "evidence_file")]
    assert len(sizes) == 2
    assert max(sizes) < 2 * 1024 * 1024


def test_progress_is_told_by_keyboard_without_a_script(
    browser: Browser, app: Flask, sqlite_engine: Engine, world: World
) -> None:
    with windows(browser, app, sqlite_engine, account_id=world.head) as opens:
        page = opens(java_script_enabled=False).open(f"{PAGE}/{world.actions[State.LATE]}")
        page.get_by_label("Apa yang dilakukan").fill("Papan dipesan.")
        page.get_by_role("button", name="Simpan perkembangan").press("Enter")
        expect(page.get_by_text("Perkembangan tersimpan.")).to_be_visible()
        expect(page.get_by_text("Papan dipesan.")).to_be_visible()
