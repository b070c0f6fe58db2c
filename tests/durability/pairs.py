"""A PostgreSQL server that leads and one that follows it, of which either may be killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import sleep

import psycopg

from tests.durability.servers import crashing_server
from tests.postgres import Server

STANDBY = "standby"
_TRIES = 600


@dataclass
class Pair:
    """Two servers, as docs/province.md sets them up: a commit waits until both have it.

    Attributes
    ----------
    leads, follows
        Which one is which now.
    """

    leads: Server
    follows: Server

    @property
    def url(self) -> str:
        """Return an address that leads to whichever of the two can be written to."""
        hosts = "&".join(sorted(f"host={each.folder}" for each in (self.leads, self.follows)))
        return f"postgresql+psycopg://postgres@/nilai?{hosts}&target_session_attrs=read-write"

    def url_of(self, server: Server) -> str:
        """Return an address that leads to one of the two."""
        return f"postgresql+psycopg://postgres@/nilai?host={server.folder}"

    def wait_for_both(self) -> None:
        """Let each commit wait for the standby from now on; return once the standby is there."""
        self.let_commits_wait_for(STANDBY)
        self._until("SELECT pid FROM pg_stat_replication WHERE sync_state = 'sync'")

    def let_commits_wait_for(self, names: str) -> None:
        """Name the standbys; without one the leading server goes on by itself."""
        self.leads.administer(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        self.leads.administer("SELECT pg_reload_conf()")

    def wait_until_read_there(self) -> None:
        """Return once the standby shows everything that is committed now."""
        self._until("SELECT pid FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_lsn()")

    def processes_that_wait(self) -> list[int]:
        """Return the leading server's processes whose commits wait, once there are any."""
        return self._until("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")

    def stop_receiving(self) -> None:
        """Let the standby stand there and get nothing any more."""
        self.follows.administer("ALTER SYSTEM SET primary_conninfo = ''")
        self.follows.administer("SELECT pg_reload_conf()")
        self._until("SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_replication)")

    def take_over(self) -> None:
        """Kill the one that leads, and let the other one lead."""
        self.leads.kill()
        self.follows.promote()
        self.leads, self.follows = self.follows, self.leads

    def come_back(self) -> None:
        """Let the one that was killed follow, from a new copy; commits wait for it again."""
        self.follows.follow(self.leads, STANDBY)
        self.wait_for_both()

    def _until(self, query: str) -> list[int]:
        """Return the first column of what the leading server answers, once there is something."""
        dsn = f"host={self.leads.folder} user=postgres dbname=nilai"
        with psycopg.connect(dsn, autocommit=True) as connection:
            for _ in range(_TRIES):
                found = connection.execute(query.encode()).fetchall()
                if found:
                    return [number for (number,) in found]
                sleep(0.05)
        raise TimeoutError(query)


@contextmanager
def paired_servers() -> Iterator[Pair]:
    """Give two servers with an empty database `nilai`, of which commits wait for the second."""
    with crashing_server() as first:
        second = Server(first.own_programs, first.folder.with_name("pg2"))
        try:
            second.follow(first, STANDBY)
            pair = Pair(first, second)
            pair.wait_for_both()
            yield pair
        finally:
            second.stop()
