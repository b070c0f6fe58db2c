"""Changes that no program of the product makes: with full rights, and the triggers taken away."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import Session

from survey.database import writing


@contextmanager
def tampering(engine: Engine) -> Iterator[Session]:
    """Give a session that may change what is written once; commits at the end."""
    with writing(engine) as session, untriggered(session):
        yield session


@contextmanager
def untriggered(session: Session) -> Iterator[None]:
    """Take the triggers away for a while, within a transaction that writes."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        session.flush()
        session.execute(text("SET LOCAL session_replication_role = origin"))
        return
    triggers = session.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    ).all()
    for name, _ in triggers:
        session.execute(text(f"DROP TRIGGER {name}"))
    yield
    session.flush()
    for _, made_by in triggers:
        session.execute(text(made_by))


def take_triggers_away(connection: Connection) -> None:
    """Take the product's triggers away until the transaction is undone; foreign keys still hold."""
    if connection.dialect.name == "postgresql":
        for table in inspect(connection).get_table_names():
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for name in connection.scalars(triggers).all():
        connection.execute(text(f"DROP TRIGGER {name}"))
