"""Real tablets: a Chromium with the app, whose queue is driven through the app's own modules."""

import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.request import urlopen
from uuid import UUID

from playwright.sync_api import Browser, Error, Page, Playwright
from sqlalchemy import Engine, select

from kiosk.fleet import fleet
from kiosk.models import Device
from survey.database import reading
from survey.models import Response, table_of
from survey.settings import Settings
from tests import browser
from tests.tablet_factories import issued

_MODULE = re.compile(r"/static/tablet\.[0-9a-f]+/sync\.js")
_WITH_THE_CORE = """async ([at, argument]) => {
    const [store, record, sync] = await Promise.all(
        ["store", "record", "sync"].map((name) => import(`${at}/${name}.js`)));
    %s
}"""
_THROW_AWAY = """() => new Promise((done, failed) => {
    const asked = indexedDB.deleteDatabase("nilai-tablet");
    [asked.onsuccess, asked.onerror, asked.onblocked] = [done, failed, failed];
})"""
# Taps as fast as they can be kept; one third ends as it was, one is completed, one stays open.
TAP = """
    await sync.startSync();
    window.stop = false;
    for (let n = 0; n < argument.taps && !window.stop; n += 1) {
        const visit = await record.keep({ rating: 1 + n % 4, language: "id" });
        await window.told(visit.id);
        if (argument.sends) sync.pushNow();
        if (n % 3 === 0) await record.end(visit);
        if (n % 3 === 1) await record.complete(visit, {
            ratings: { PERSYARATAN: 3, WAKTU: 4 }, comment: argument.comment, answeredIn: 40 });
    }
"""
PATIENCE = 120.0


@dataclass
class Core:
    """The app's modules in a page of the tablet.

    Attributes
    ----------
    modules
        Where they are.
    """

    page: Page
    modules: str

    def run(self, script: str, argument: object = None) -> Any:  # noqa: ANN401 - whatever it gives
        """Run a script that knows `store`, `record`, `sync` and its `argument`."""
        return self.page.evaluate(_WITH_THE_CORE % script, [self.modules, argument])

    def tap(self, taps: int = 1) -> list[dict[str, Any]]:
        """Take taps and end each; return the visits."""
        visits: list[dict[str, Any]] = self.run(
            """await sync.startSync();
            const visits = [];
            for (let n = 0; n < argument; n += 1) {
                visits.push(await record.keep({ rating: 1 + n % 4, language: "id" }));
                await record.end(visits.at(-1));
            }
            return visits;""",
            taps,
        )
        return visits

    def push(self) -> dict[str, Any]:
        """Send now; return how it stands then."""
        status: dict[str, Any] = self.run(
            "await sync.startSync(); await sync.pushNow(); return sync.status();"
        )
        return status

    def rows(self) -> list[dict[str, Any]]:
        """Return what is kept, without what was sealed."""
        rows: list[dict[str, Any]] = self.run(
            "const rows = await (await store.openStore()).getAll('records');"
            "return rows.map(({ sealed, ...row }) => row);"
        )
        return rows

    def drained(self, left: int = 0) -> None:
        """Wait until nothing is left to send, or so many as will not go."""
        until = monotonic() + PATIENCE
        while (status := self.push())["waiting"] != left:
            assert monotonic() < until, status
            sleep(0.2)


def modules_at(address: str) -> str:
    """Return where a site has the scripts of its app."""
    with urlopen(f"{address}/kiosk/sw.js") as answer:
        found = _MODULE.search(answer.read().decode())
    assert found is not None
    return found[0].removesuffix("/sync.js")


@dataclass
class Tablet:
    """A browser with a profile on the disk, in a process group of its own that can be killed.

    Attributes
    ----------
    modules
        Where the app's scripts are; asked for while there is a server.
    code
        Gives a new code for the tablet's desk.
    told
        The ids that the app said to have kept.
    """

    playwright: Playwright
    profile: Path
    address: str
    modules: str
    code: Callable[[], str]
    told: set[str] = field(default_factory=set)
    process: subprocess.Popen[bytes] | None = None
    browser: Browser | None = None

    def start(self, path: str = "/kiosk/") -> Page:
        """Start the browser and open the app."""
        port_file = self.profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        options = [f"--user-data-dir={self.profile}", "--remote-debugging-port=0", "--headless"]
        self.process = subprocess.Popen(
            [browser.chromium(), *browser.arguments(), *options, "about:blank"],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = monotonic() + PATIENCE
        while not (port_file.exists() and (written := port_file.read_text()).count("\n")):
            assert monotonic() < until, "the browser did not start"
            sleep(0.02)
        port = written.splitlines()[0]
        self.browser = self.playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        page = self.browser.contexts[0].pages[0]
        page.expose_function("told", self._hear)
        page.goto(self.address + path)
        return page

    def enrol(self, page: Page) -> None:
        """Enrol with a new code."""
        enrol(page, self.address, self.code())

    def has_forgotten(self, page: Page) -> bool:
        """Say whether the app asks to be enrolled again."""
        body = page.locator("body[data-screen]")
        body.wait_for(state="attached")
        return body.get_attribute("data-screen") == "forgotten"

    def kill(self) -> None:
        """Kill the whole process group, at once and without a word."""
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=PATIENCE)
        self.process = None
        if self.browser is not None:
            with suppress(Error):
                self.browser.close()

    def begin_tapping(self, page: Page, taps: int, comment: str, *, sends: bool = False) -> None:
        """Let the app take taps without waiting for their end."""
        script = _WITH_THE_CORE % TAP
        begun = f"(given) => {{ ({script})(given); }}"
        told = {"taps": taps, "comment": comment, "sends": sends}
        page.evaluate(begun, [self.modules, told])

    def wait_for(self, page: Page, taps: int) -> None:
        """Wait until the app said to have kept so many."""
        until = monotonic() + PATIENCE
        while len(self.told) < taps:
            assert monotonic() < until, f"{len(self.told)} of {taps} kept"
            page.wait_for_timeout(5)

    def _hear(self, visit_id: str) -> None:
        self.told.add(visit_id)


def enrol(page: Page, address: str, code: str) -> None:
    """Type the code as an attendant does, and wait until the app keeps itself."""
    page.goto(f"{address}/kiosk/enrol")
    page.get_by_label("Kode pendaftaran").or_(page.get_by_label("Enrolment code")).fill(code)
    page.locator("form button").click()
    page.wait_for_url(f"{address}/kiosk/")
    page.locator("body[data-screen]").wait_for(state="attached")  # the app is first to start it
    page.evaluate(f"import('{modules_at(address)}/sync.js').then((sync) => sync.startSync())")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")


def lose_database(page: Page, address: str) -> None:
    """Let the browser lose its database and nothing else, and open the app again."""
    page.goto(f"{address}/robots.txt")  # which does not hold the database open
    page.evaluate(_THROW_AWAY)
    page.goto(f"{address}/kiosk/")


def new_code(stored: Engine, desk_id: int, settings: Settings) -> str:
    """Issue a code for a desk at this moment."""
    return issued(stored, desk_id, datetime.now(UTC), settings).code


@dataclass(frozen=True)
class Count:
    """What of the told taps is stored.

    Attributes
    ----------
    missing
        What the fleet's list says of the running numbers.
    """

    stored: int
    lost: int
    doubled: int
    missing: int


def count(stored: Engine, told: set[UUID]) -> Count:
    """Count over all tablets of a database."""
    response = table_of(Response)
    with reading(stored) as session:
        ids = Counter(session.scalars(select(response.c.id)))
        missing = sum(each.missing for each in fleet(session, None, datetime.now(UTC)))
    doubled = sum(many > 1 for many in ids.values())
    return Count(len(ids), len(told - ids.keys()), doubled, missing)


def device_ids(stored: Engine) -> list[str]:
    """Return the ids of all tablets, as they are written."""
    with reading(stored) as session:
        return [str(each) for each in session.scalars(select(Device.id))]  # type: ignore[call-overload]


def on_disk(folder: Path, text: str) -> list[str]:
    """Return the files of a profile that hold a text, in either of a browser's spellings."""
    spellings = (text.encode(), text.encode("utf-16-le"))
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if any(each in path.read_bytes() for each in spellings)]
