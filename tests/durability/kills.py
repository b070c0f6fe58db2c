"""Killing under load, and counting afterwards what was lost or doubled."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import cycle

from sqlalchemy import Engine, select

from survey.database import reading
from survey.models import Response, table_of
from survey.receipt import digest_of
from tests.durability.citizens import Crowd, Receipted
from tests.durability.running import RunningSite

CITIZENS = 6
Disturbance = Callable[[RunningSite], None]


def power_cut(site: RunningSite) -> None:
    site.kill()
    site.start()


def taps_under_kills(
    crowd: Crowd, site: RunningSite, kills: int, cut: Disturbance = power_cut
) -> list[Receipted]:
    """Kill a worker, another one, and everything in turn; return what citizens were told."""
    ways = cycle([RunningSite.kill_a_worker, RunningSite.kill_a_worker, cut])
    crowd.tap(CITIZENS, lambda: next(ways)(site), every=crowd.wanted // (kills + 1))
    assert crowd.unexpected == []
    return crowd.receipted


def lost_and_doubled(stored: Engine, key: bytes, receipted: Sequence[Receipted]) -> tuple[int, int]:
    """Count what was acknowledged and is not stored, and what is stored more than once."""
    response = table_of(Response)
    with reading(stored) as session:
        rows = session.execute(select(response.c.id, response.c.receipt_digest)).all()
    found = Counter((row.id, bytes(row.receipt_digest)) for row in rows)
    told = {(one.id, digest_of(one.receipt, key)) for one in receipted}
    ids = Counter(response_id for response_id, _ in found.elements())
    return sum(one not in found for one in told), sum(count > 1 for count in ids.values())
