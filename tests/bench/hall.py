"""A hall of desks for a benchmark: a site on a database of its own, behind the shipped proxy."""

import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text

from deploy.migrate import upgrade
from survey.database import open_engine, reading, writing
from survey.desks import signed_code
from survey.models import ServiceUnit
from survey.set_up import add_desk
from survey.settings import settings_from
from tests.bench.costs import postgresql_server, sqlite_file
from tests.bench.open_loop import Door
from tests.bench.served import Served, served
from tests.proxy import NAME, proxy_before, proxy_folder

ENGINES = {"SQLite": (sqlite_file, ""), "PostgreSQL": (postgresql_server, "--workers 2")}
"""How each database is made, and gunicorn's options with it."""

_DESKS = 60
_AFTER = 5
_WITHOUT_TLS = {"listen 443 ssl http2": "listen 443"}
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Hall:
    """A site that is served on a database, behind the shipped proxy.

    Attributes
    ----------
    door, plain
        The way in with TLS, and without: of 1,300 handshakes a second the citizens, who are on the
        same machine, would need more of it than the site.
    log
        Status and seconds of each answer through the door without TLS, by the proxy's clock.
    """

    site: Served
    door: Door
    plain: Door
    log: Path
    engine: Engine
    environment: Mapping[str, str]

    def stored(self) -> int:
        """Return how many responses of the hall's desks there are."""
        with reading(self.engine) as session:
            counted = text("SELECT count(*) FROM response WHERE channel = 'desk_qr'")
            return int(session.execute(counted).scalar_one())

    def turned_away(self) -> list[float]:
        """Return the seconds that the proxy took to turn each one away, by its own clock."""
        lines = self.log.read_text(encoding="ascii").splitlines()
        return [float(line.split()[1]) for line in lines if line.startswith("503 ")]

    def memory(self) -> float:
        """Return the MiB that the server's processes hold, each page counted where it is used."""
        return sum(_proportional(pid) for pid in self.site.pids()) / _MIB


@contextmanager
def hall_on(name: str) -> Iterator[Hall]:
    """Serve a hall of desks on a database of its own; the site goes after its citizens.

    They share the machine. A program of citizens that has to wait for the site would find itself
    late, and take that for the site's fault.
    """
    database, options = ENGINES[name]
    with database() as (url, _), proxy_folder() as folder:
        environment = {
            "NILAI_DATABASE_URL": url,
            "NILAI_SECRET_KEY": "x" * 48,
            "NILAI_PUBLIC_URL": f"https://{NAME}",
            "NILAI_TRUSTED_PROXIES": "1",
            "GUNICORN_CMD_ARGS": options,
            "PATH": os.environ["PATH"],
        }
        upgrade(url)
        engine = open_engine(url)
        paths = _desks(engine, environment)
        with served("deploy.public:application()", environment, nice=_AFTER) as site:
            behind = {"unix:/run/nilai/public.sock": f"127.0.0.1:{site.port}"}
            log = folder / "took.log"
            form = "log_format took '$status $request_time'"
            told = {"access_log off": f"{form}; access_log {log} took"}
            trust = ssl.create_default_context(cafile=folder / "fullchain.pem")
            with (
                proxy_before(folder, behind, "tls") as tls,
                proxy_before(folder, {**behind, **_WITHOUT_TLS, **told}, "plain") as plain,
            ):
                safe, bare = Door(tls.https, NAME, paths, trust), Door(plain.https, NAME, paths)
                yield Hall(site, safe, bare, log, engine, environment)
        engine.dispose()


def _desks(engine: Engine, environment: Mapping[str, str]) -> list[str]:
    key = settings_from(environment).key("desk")
    with writing(engine) as session:
        unit = ServiceUnit(code="UJI", name="Disdukcapil Kota Contoh", time_zone="Asia/Jakarta")
        session.add(unit)
        session.flush()
        desks = [add_desk(session, unit.id or 0, f"L{n}", f"Loket {n}") for n in range(_DESKS)]
        return [f"/l/{signed_code(desk.public_key, key)}" for desk in desks]


def _proportional(pid: int) -> int:
    rolled = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in rolled.splitlines() if line[:4] == "Pss:") * 1024
