"""The pages of seals and receipts in a real browser: widths, themes, languages, no script."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from kiosk.app import public_site
from survey.seal_text import ROTATED
from survey.sealing import seal_days
from tests.factories import NOON, settings
from tests.pictures import picture
from tests.record_factories import an_office, visit
from tests.seal_factories import NIGHT, new_key
from tests.served import serving
from tests.test_published_screens import KINDS, READ, barriers, watched, window
from tests.test_seal_pages import change_key, seal_month


@dataclass(frozen=True)
class Sealed:
    """A site with seals of every kind, and a receipt whose day is sealed."""

    address: str
    receipt: str
    month: int
    change: int


def sealed_office(engine: Engine) -> tuple[str, int, int]:
    office, key = an_office(engine, services=["KK"]), new_key()
    receipts = [office.send(visit(1 + n % 4, served_at=NOON), NOON).receipt for n in range(11)]
    seal_days(engine, key, NIGHT)
    names = ("DISDUKCAPIL", "PUSKESMAS-SUKAMAJU")
    numbers = [seal_month(engine, key, name) for name in names]
    return str(receipts[3]), numbers[0], change_key(engine, key, new_key(), ROTATED)


@pytest.fixture
def site(sqlite_engine: Engine) -> Iterator[Sealed]:
    made = sealed_office(sqlite_engine)
    with serving() as server:
        server.app = public_site(settings(), sqlite_engine, lambda _: True)
        yield Sealed(f"http://127.0.0.1:{server.port}", *made)


def screens(site: Sealed) -> dict[str, str]:
    return {
        "seals": "/segel",
        "seal-day": "/segel/2",
        "seal-month": f"/segel/{site.month}",
        "seal-key": f"/segel/{site.change}",
        "receipt-sealed": f"/resi/{site.receipt}",
        "receipt-unknown": "/resi/7K3M-Q9TX",
    }


def test_every_page_is_whole_on_every_kind_of_screen(browser: Browser, site: Sealed) -> None:
    for kind in KINDS:
        context = window(browser, kind)
        page, wrong = watched(context, site.address)
        for name, path in screens(site).items():
            page.goto(site.address + path)
            for way in page.locator("details").all():
                way.locator("summary").click()
            shot = f"{name}-{kind[0]}-{kind[2]}-{kind[3]}"
            picture(page, f"public/{shot}")
            assert page.evaluate("document.documentElement.scrollWidth") <= kind[0], shot
            assert kind not in READ or barriers(page) == [], shot
        assert wrong == []
        assert context.cookies() == []
        context.close()


def test_from_a_code_to_its_seal_and_the_key_without_javascript(
    browser: Browser, site: Sealed
) -> None:
    context = window(browser, KINDS[0], java_script_enabled=False)
    page, wrong = watched(context, site.address)
    page.goto(f"{site.address}/resi/?lang=id")
    page.get_by_label("Kode tanda terima").fill(site.receipt.lower())
    page.get_by_role("button", name="Periksa").click()
    expect(page.locator(".slip")).to_contain_text("Diterima pada 5 Oktober 2026, disegel.")
    page.locator("summary").click()
    root = page.locator("details dd code").last.inner_text()
    page.get_by_role("link", name=re.compile("segel nomor")).click()
    expect(page.locator("dl").first).to_contain_text(root)
    page.get_by_role("link", name="Ke daftar segel").click()
    expect(page.get_by_role("region").first).to_contain_text(root)
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh kunci (PEM)").click()
    assert download.value.path().read_text().startswith("-----BEGIN PUBLIC KEY-----")
    assert wrong == []
    context.close()
