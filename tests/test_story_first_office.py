"""An office sets itself up in the browser, is rated, closes its month, and HR pulls it.

Nobody in this story types a command: the operator begins with the link that the server printed.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pyotp
import time_machine
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pypdf import PdfReader
from sqlalchemy import Engine
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from aggregation.access.one_time_link import Purpose, new_link
from aggregation.app import staff_site
from aggregation.hr_api import hr_api
from kiosk.app import public_site
from survey.database import writing
from tests.factories import all_nine, follow, settings, tap
from tests.served import serving
from tests.site_client import PublicClient, phone

JAKARTA = ZoneInfo("Asia/Jakarta")
PASSWORD = "jembatan ungu tiga burung"
MOST_CLICKS, MOST_SCREENS = 30, 25


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, 5, tzinfo=JAKARTA)


@dataclass
class Hand:
    """Somebody at a browser: counts what has to be clicked, typed and looked at."""

    page: Page
    clicks: int = 0
    fields: int = 0
    screens: list[str] = field(default_factory=list)
    secret: str = ""

    def __post_init__(self) -> None:
        self.page.on("load", lambda page: self.screens.append(page.url))

    def press(self, name: str, *, exact: bool = True) -> None:
        """Click a button or a link by its words."""
        words = self.page.get_by_role("button", name=name, exact=exact)
        self._click(words.or_(self.page.get_by_role("link", name=name, exact=exact)).first)

    def download(self, name: str) -> Path:
        with self.page.expect_download() as download:
            self.press(name)
        return download.value.path()

    def tick(self, name: str) -> None:
        self._click(self.page.get_by_role("checkbox", name=name))

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).first.fill(text)
        self.fields += 1

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=True).first.select_option(label=option)
        self.fields += 1
        self.clicks += 1

    def code(self) -> str:
        """Read the six digits off the phone."""
        return pyotp.TOTP(self.secret).at(datetime.now(UTC))

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def _click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1


@contextmanager
def served(engine: Engine) -> Iterator[str]:
    """Serve both sites and the API at one address, as `nilai serve` does."""
    with serving() as server:
        address = f"http://127.0.0.1:{server.port}"
        known = settings(NILAI_PUBLIC_URL=address)
        current = known, engine, lambda _connection: True
        server.app = DispatcherMiddleware(
            public_site(*current),
            {"/staff": staff_site(*current), "/staff/api/v1": hr_api(*current)},
        )
        yield address


def test_an_office_from_nothing_to_the_first_pull_of_hr(
    browser: Browser, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session, time_machine.travel(at(10, 1)):
        printed = new_link(session, Purpose.SET_UP, datetime.now(UTC))
    with served(sqlite_engine) as address:
        with time_machine.travel(at(10, 1)):
            operator = at_a_desk(browser)
            becomes_the_first_operator(operator, f"{address}/staff/masuk/{printed}")
            sets_the_office_up(operator)
            slips = prints(operator)
            citizen = phone(sqlite_engine, NILAI_PUBLIC_URL=address)
            rates(citizen, next(slips))
            to_the_first_rating = operator.clicks, len(operator.screens)
            operator.press("Langkah")
            expect(operator.page.get_by_role("listitem").filter(has_text="Penilaian pertama")
                   ).to_contain_text("Sudah")  # fmt: skip
            nine_more(citizen, slips)
            operator.press("Ringkasan")
            operator.sees("Paling sedikit 10 tanggapan")
            invitations = invites(operator)
            head = accepts(browser, invitations["head"])
            hr = accepts(browser, invitations["hr"], second_factor=True)
        # What is counted is what a person does; how fast anybody types is left out.
        clicks, screens = to_the_first_rating
        assert clicks <= MOST_CLICKS
        assert screens <= MOST_SCREENS
        forty_more(citizen, slips)
        with time_machine.travel(at(11, 2)):
            comes_back(head, address, "head")
            closes(head)
            comes_back(hr, address, "hr")
            pulls(hr, address)


def at_a_desk(browser: Browser) -> Hand:
    context: BrowserContext = browser.new_context(
        locale="id-ID", viewport={"width": 1366, "height": 768}
    )
    context.set_default_timeout(8_000)
    return Hand(context.new_page())


def becomes_the_first_operator(operator: Hand, link: str) -> None:
    operator.page.goto(link)
    operator.write("Nama lengkap", "Rina Operator")
    operator.write("Email dinas", "rina@contoh.example")
    operator.write("Kata sandi baru", PASSWORD)
    operator.press("Buat akun dan masuk")
    sets_a_second_factor_up(operator)


def sets_a_second_factor_up(hand: Hand) -> None:
    hand.page.locator("summary").click()
    hand.clicks += 1
    hand.secret = re.sub(r"\s", "", hand.page.locator("code.command").inner_text())
    hand.write("Kode", hand.code())
    hand.press("Pasang")
    hand.sees("Simpan kode pemulihan ini")
    hand.press("Sudah saya simpan, lanjut")


def sets_the_office_up(operator: Hand) -> None:
    operator.sees("Tambah unit")
    operator.write("Nama unit", "Disdukcapil Kota Contoh")
    operator.press("Simpan unit")
    operator.press("Atur loket")
    operator.write("Nama loket", "Loket 1")
    operator.press("Simpan loket")
    operator.press("Langkah")
    operator.press("Daftarkan petugas")
    operator.press("Tambah petugas")
    operator.write("Nama lengkap", "Siti Rahmawati")
    operator.choose("Status kepegawaian", "PNS")
    operator.write("NIP", "19850312 200901 2 003")
    operator.write("Berlaku mulai", "2026-10-01")
    operator.press("Simpan petugas")
    operator.press("Langkah")
    operator.press("Susun jadwal")
    operator.press("Loket 1")
    operator.write("Senin 1, mulai", "08.00")
    operator.write("Senin 1, selesai", "15.00")
    operator.choose("Petugas", "Siti Rahmawati")
    operator.press("Salin")
    operator.press("Simpan jadwal")


def prints(operator: Hand) -> Iterator[str]:
    """Print the posters and a sheet of slips, and read the slips off the paper."""
    operator.press("Langkah")
    operator.press("Cetak poster")
    assert operator.download("Cetak semua poster").read_bytes().startswith(b"%PDF")
    operator.press("Loket 1")
    operator.press("Cetak karcis bernomor")
    operator.write("Jumlah karcis", "60")
    slips = PdfReader(operator.download("Cetak karcis"))
    tokens = [
        token
        for page in slips.pages
        for token in re.findall(r"\b[0-9A-Z]{26}\b", page.extract_text())
    ]
    assert len(set(tokens)) == 60
    return (f"/t/{token}" for token in tokens)


def rates(citizen: PublicClient, slip: str, rating: int = 4) -> None:
    thanks = tap(citizen, slip, rating)
    assert thanks.status_code == 201
    assert follow(citizen, slip, thanks, **all_nine(rating)).status_code == 201


def nine_more(citizen: PublicClient, slips: Iterator[str]) -> None:
    for _ in range(9):
        rates(citizen, next(slips))


def forty_more(citizen: PublicClient, slips: Iterator[str]) -> None:
    for number in range(40):
        with time_machine.travel(at(10, 5 + number % 5, 10)):
            rates(citizen, next(slips), 3 if number % 4 else 4)


def invites(operator: Hand) -> dict[str, str]:
    links = {}
    for key, role, name in (
        ("head", "Kepala unit", "Ahmad Kepala"),
        ("hr", "Kepegawaian (SDM)", "Wati Kepegawaian"),
    ):
        operator.press("Akun")
        operator.press("Tambah akun")
        operator.write("Nama lengkap", name)
        operator.write("Email", f"{key}@contoh.example")
        operator.choose("Peran", role)
        operator.choose("Berlaku untuk", "Disdukcapil Kota Contoh")
        operator.press("Tambah dan buat undangan")
        links[key] = operator.page.locator("code.command").inner_text()
    return links


def accepts(browser: Browser, link: str, *, second_factor: bool = False) -> Hand:
    hand = at_a_desk(browser)
    hand.page.goto(link)
    hand.write("Kata sandi baru", PASSWORD)
    hand.press("Simpan dan masuk")
    if second_factor:
        sets_a_second_factor_up(hand)
    return hand


def comes_back(hand: Hand, address: str, name: str) -> None:
    hand.page.goto(f"{address}/staff/")
    hand.sees("Anda belum masuk, atau sesi Anda sudah berakhir.")
    hand.write("Email dinas", f"{name}@contoh.example")
    hand.write("Kata sandi", PASSWORD)
    hand.press("Masuk")
    if hand.secret:
        hand.write("Kode", hand.code())
        hand.press("Lanjut")


def closes(head: Hand) -> None:
    head.press("Bulan")
    before = head.clicks
    head.press("Periksa dan tutup Oktober 2026")
    head.press("Tutup bulan Oktober 2026")
    assert head.clicks - before == 2
    head.sees("ditutup")


def pulls(hr: Hand, address: str) -> None:
    hr.press("Penilaian")
    hr.press("Oktober 2026", exact=False)
    hr.sees("Siti Rahmawati")
    file = hr.download("Unduh CSV")
    assert "198503122009012003" in file.read_text()
    token = makes_a_token(hr)
    assert pulled(address, token)["rows"][0]["name"] == "Siti Rahmawati"


def makes_a_token(hr: Hand) -> str:
    hr.press("Token")
    hr.press("Buat token")
    hr.write("Nama program", "SIMPEG")
    hr.tick("Membaca nilai petugas dan penutupan bulan")
    hr.press("Buat token")
    return hr.page.locator("#secret").input_value()


def pulled(address: str, token: str) -> dict[str, list[dict[str, str]]]:
    request = Request(
        f"{address}/staff/api/v1/scores?month=2026-10&unit=DISDUKCAPIL-KOTA-CONTOH",
        headers={"Authorization": f"Bearer {token}"},
    )
    with urlopen(request) as answer:
        found: dict[str, list[dict[str, str]]] = json.load(answer)
        return found
