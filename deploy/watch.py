"""The embedded default's own timer: a thread of `nilai serve` that does rounds and nights.

With PostgreSQL there is none: timers of the server run the commands (docs/running.md).
"""

import fcntl
import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from io import TextIOWrapper
from pathlib import Path

from aggregation.alerts.telling import Mailing
from deploy.nightly import mailing_of, night_of, run_night, run_round
from deploy.unit_night import active_units
from survey.command import Installation
from survey.database import open_engine, reading
from survey.settings import Settings

EVERY = timedelta(minutes=5)
STOPS_WITHIN = timedelta(seconds=5)
"""How long a server that ends waits for a round under way; then it is cut off, and nothing lost."""

_SQLITE = "sqlite:///"
_LOG = logging.getLogger(__name__)


class Watch:
    """Looks after all units every few minutes until it is stopped; of several, one does.

    Which one is decided by a lock on a file beside the database: a process that dies gives it
    back.
    """

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        every: timedelta = EVERY,
    ) -> None:
        """Prepare to look after a database that is a file."""
        self._settings = settings
        self._now = now
        self._every = every
        self._stopping = threading.Event()
        self._last_night: date | None = None
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin, at once."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is under way gets a few seconds."""
        self._stopping.set()
        self._thread.join(STOPS_WITHIN.total_seconds())

    def _run(self) -> None:
        path = Path(f"{self._settings.database_url.removeprefix(_SQLITE)}.watch")
        engine, mailing = open_engine(self._settings.database_url), mailing_of(self._settings)
        installation = Installation(self._settings, engine)
        with path.open("w") as lock:
            while not self._stopping.is_set():
                if _is_ours(lock):
                    self._look_after(installation, mailing)
                self._stopping.wait(self._every.total_seconds())
        engine.dispose()

    def _look_after(self, installation: Installation, mailing: Mailing) -> None:
        """Do a round, or the night's work if a night has begun; nothing that fails gets out."""
        try:
            at = self._now()
            with reading(installation.engine) as session:
                night = night_of(active_units(session), at)
            if night == self._last_night:
                run_round(installation.engine, mailing, at)
                return
            for failure in run_night(installation, mailing, at):
                _LOG.error("a night's work failed in part", extra={"failure": failure})
            self._last_night = night
        except Exception:  # noqa: BLE001 - the sites go on, and so does the watch
            _LOG.exception("a round of the watch failed; the next one tries again")


def watches_over(settings: Settings) -> Sequence[Watch]:
    """Return the watch over a database that is a file; there is none over a server's."""
    return (Watch(settings),) if settings.database_url.startswith(_SQLITE) else ()


def _is_ours(lock: TextIOWrapper) -> bool:
    with suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
