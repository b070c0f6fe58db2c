"""An office on a database of its own, served by processes of their own that can be killed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, select, text

from deploy.migrate import upgrade
from survey.database import open_engine, reading, writing
from survey.desks import signed_code
from survey.models import Response, table_of
from survey.set_up import add_desk
from survey.settings import Settings, settings_from
from tests.durability.citizens import Crowd, Receipted
from tests.durability.kills import lost_and_doubled
from tests.durability.running import SHIPPED, RunningSite
from tests.factories import make_unit


@dataclass(frozen=True)
class Office:
    """One desk on one database.

    Attributes
    ----------
    environment
        The settings of the processes that serve it.
    path
        The desk's page.
    """

    environment: dict[str, str]
    settings: Settings
    stored: Engine
    path: str

    def site(self, application: str = SHIPPED, wrapper: Sequence[str] = ()) -> RunningSite:
        return RunningSite(self.environment, application, wrapper=wrapper)

    def crowd(self, site: RunningSite, wanted: int) -> Crowd:
        return Crowd(self.settings, site.port, self.path, wanted)

    def lost(self, receipted: Sequence[Receipted]) -> int:
        """Count what was acknowledged and is not stored."""
        self.let_go()
        lost, _ = lost_and_doubled(self.stored, self.settings.key("receipt"), receipted)
        self.let_go()
        return lost

    def holds_exactly(self, receipted: Sequence[Receipted]) -> bool:
        """Tell whether every acknowledged rating is stored once, and no other rating is."""
        with reading(self.stored) as session:
            ids = list(session.execute(select(table_of(Response).c.id)).scalars())
        told = {one.id for one in receipted}
        return self.lost(receipted) == 0 and len(ids) == len(told) and set(ids) == told

    def whole(self) -> bool:
        """Tell whether an SQLite file is sound in all its pages, indexes and references."""
        with self.stored.connect() as connection:
            found = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            wrong = connection.execute(text("PRAGMA foreign_key_check")).all()
        self.let_go()
        return found == ["ok"] and wrong == []

    def let_go(self) -> None:
        """Close this process's connections, so that the disk below can be taken away."""
        self.stored.dispose()


@contextmanager
def office_on(url: str) -> Iterator[Office]:
    """Give an office on a new database; its connections are closed at the end."""
    environment = {
        "NILAI_DATABASE_URL": url,
        "NILAI_SECRET_KEY": "a secret key that only this test knows",
    }
    settings = settings_from(environment)
    upgrade(url)
    engine = open_engine(url)
    try:
        with writing(engine) as session:
            desk = add_desk(session, make_unit(session), "L1", "Loket 1")
            path = f"/l/{signed_code(desk.public_key, settings.key('desk'))}"
        engine.dispose()
        yield Office(environment, settings, engine, path)
    finally:
        engine.dispose()
