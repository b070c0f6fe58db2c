"""More at once than a site can do: the rest is told at once to come again, and taps go first."""

import re
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.activated import Activated
from tests.proxy import SHIPPED, Proxy, proxy_before, proxy_folder

UPSTREAMS = (SHIPPED / "upstreams.conf").read_text()
LIMITS = {
    name: int(most) for name, most in re.findall(r"zone (\w+) 64k;\n.*max_conns=(\d+);", UPSTREAMS)
}
PAGE, TAP, BATCH = ("GET", "/l/X"), ("POST", "/l/X"), ("POST", "/api/kiosk/v1/responses")


@pytest.fixture
def folder() -> Iterator[Path]:
    with proxy_folder() as made:
        yield made


@dataclass
class Crowd:
    """Citizens who ask at once, each from an address of his own."""

    proxy: Proxy
    threads: ThreadPoolExecutor
    asking: list[Future[tuple[int, str | None]]] = field(default_factory=list)

    def ask(self, method: str, path: str, times: int = 1) -> None:
        for _ in range(times):
            own = f"127.2.0.{len(self.asking) + 1}"
            self.asking.append(self.threads.submit(self._asked, own, method, path))

    def first(self) -> tuple[int, str | None]:
        """Return the answer of whoever is answered first: status, and when to come again."""
        done, _ = wait(self.asking, timeout=60, return_when=FIRST_COMPLETED)
        return next(iter(done)).result()

    def statuses(self) -> list[int]:
        return sorted(each.result()[0] for each in self.asking)

    def _asked(self, own: str, method: str, path: str) -> tuple[int, str | None]:
        phone = self.proxy.phone(own)
        phone.request(method, path, body=b"x" if method == "POST" else None)
        answer = phone.getresponse()
        answer.read()
        phone.close()
        return answer.status, answer.headers["Retry-After"]


@contextmanager
def stalled(
    folder: Path, change: dict[str, str] | None = None
) -> Iterator[tuple[Activated, Crowd]]:
    """Give a site that takes connections and answers none until it is started, and its crowd."""
    site = Activated(folder, {}, "tests.echo:application()")
    site.listen()
    try:
        with (
            proxy_before(folder, change) as proxy,
            ThreadPoolExecutor(sum(LIMITS.values())) as pool,
        ):
            yield site, Crowd(proxy, pool)
    finally:
        site.close()


def test_each_door_has_its_limit() -> None:
    assert set(LIMITS) == {"nilai_public", "nilai_taps", "nilai_tablets", "nilai_staff"}
    assert LIMITS["nilai_taps"] > LIMITS["nilai_public"]


@pytest.mark.parametrize(
    ("door", "asked", "others"),
    [
        ("nilai_public", PAGE, (TAP, BATCH)),
        ("nilai_taps", TAP, (PAGE, BATCH)),
        ("nilai_tablets", BATCH, (PAGE, TAP)),
    ],
)
def test_a_full_door_turns_away_at_once_and_the_others_stay_open(
    folder: Path, door: str, asked: tuple[str, str], others: tuple[tuple[str, str], ...]
) -> None:
    with stalled(folder) as (site, crowd):
        crowd.ask(*asked, times=LIMITS[door] + 1)
        assert crowd.first() == (503, "5")
        for each in others:
            crowd.ask(*each)
        site.start()
        assert crowd.statuses() == [200] * (LIMITS[door] + len(others)) + [503]


def test_without_a_limit_everybody_would_wait(folder: Path) -> None:
    most = LIMITS["nilai_public"]
    with stalled(folder, {f" max_conns={most}": ""}) as (site, crowd):
        crowd.ask(*PAGE, times=most + 1)
        site.start()
        assert crowd.statuses() == [200] * (most + 1)
