"""What is lent to many tests is to each as good as new."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text
from sqlmodel import Session, SQLModel
from werkzeug.middleware.proxy_fix import ProxyFix

from aggregation.api.pace import Pace
from survey.database import reading, writing
from survey.site import Site, here
from tests import databases, sites
from tests.api_factories import api
from tests.databases import Shelf
from tests.factories import make_desk, make_slip
from tests.staff_factories import staff, visitor
from tests.worlds import as_made

pytestmark = pytest.mark.every_database


def everything_in(engine: Engine) -> dict[str, list[Any]]:
    with reading(engine) as session:
        return {
            name: list(session.execute(text(f'SELECT * FROM "{name}"')).all())
            for name in ("alembic_version", *SQLModel.metadata.tables)
        }


def use(engine: Engine) -> int:
    """Write as tests do; return the key of the desk."""
    with writing(engine) as session:
        desk = make_desk(session)
        make_slip(session, desk)
        return desk.id


def test_the_next_borrower_finds_what_the_first_one_found(shelf: Shelf) -> None:
    with shelf.lent() as engine:
        new = everything_in(engine)
        assert use(engine) == 1
        assert everything_in(engine) != new
    with shelf.lent() as engine:
        assert everything_in(engine) == new
        assert use(engine) == 1


def test_a_database_that_is_not_emptied_is_noticed(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in (databases.KeptFile, databases.KeptDatabase):
        monkeypatch.setattr(kind, "make_ready", lambda _kept: None)
        monkeypatch.setattr(kind, "clean", lambda _kept: True)
    with shelf.lent() as engine:
        if engine.dialect.name == "sqlite":
            SQLModel.metadata.create_all(engine)
        use(engine)
    with shelf.lent() as engine:
        assert use(engine) == 2


def test_two_borrowers_at_once_share_nothing(shelf: Shelf) -> None:
    with shelf.lent() as one, shelf.lent() as other:
        use(one)
        with reading(other) as session:
            assert session.execute(text("SELECT count(*) FROM desk")).scalar() == 0


def test_a_changed_schema_is_not_lent_again(shelf: Shelf) -> None:
    index = next(i.name for table in SQLModel.metadata.sorted_tables for i in table.indexes)
    for change in (
        "ALTER TABLE recent_tap RENAME TO gone",
        "ALTER TABLE recent_tap ADD COLUMN more integer",
        "DROP TABLE recent_tap",
        f"DROP INDEX {index}",
        "CREATE TABLE more (id integer)",
        "UPDATE alembic_version SET version_num = '9999' WHERE version_num <> '9999'",
    ):
        with shelf.lent() as engine, writing(engine) as session:
            # Were it what the one before has left, there would be nothing to change.
            assert session.execute(text(change)).rowcount in {-1, 1}  # type: ignore[attr-defined]
    with shelf.lent() as engine:
        assert everything_in(engine)["alembic_version"] != [("9999",)]


def test_a_setting_of_the_database_is_not_lent_again(shelf: Shelf) -> None:
    with shelf.lent() as engine:
        name = engine.url.database
        if engine.dialect.name == "postgresql":
            with writing(engine) as session:
                session.execute(text(f"ALTER DATABASE {name} SET timezone = 'Asia/Jayapura'"))
    with shelf.lent() as engine:
        assert (engine.url.database == name) == (engine.dialect.name == "sqlite")


def test_what_is_still_open_is_not_lent_again(shelf: Shelf) -> None:
    with shelf.lent() as engine:
        forgotten = engine.connect()
        forgotten.execute(text("SELECT 1"))
    with shelf.lent() as engine:
        assert use(engine) == 1
    forgotten.invalidate()
    forgotten.close()


@pytest.mark.parametrize("what", ["before_cursor_execute", "connect", "begin", "commit"])
def test_what_a_test_listens_for_is_not_heard_in_the_next(shelf: Shelf, what: str) -> None:
    heard = []
    with shelf.lent() as engine:
        event.listen(engine, what, lambda *given: heard.append(given))
        engine.dispose()
        use(engine)
    heard_before = len(heard)
    with shelf.lent() as engine:
        engine.dispose()
        use(engine)
    assert 0 < heard_before == len(heard)


def site_of(app: Flask) -> Site:
    with app.app_context():
        return here()


def test_a_site_comes_back_with_its_engine_and_knows_only_the_next_one(shelf: Shelf) -> None:
    with shelf.lent() as engine:
        app, was = staff(engine), site_of(staff(engine))
        assert staff(engine) is not app
        sites.take_back(engine)
    with shelf.lent() as engine:
        lent = [staff(engine) for _ in range(3)]
        assert app in lent
        assert {site_of(each).engine for each in lent} == {engine}
        assert site_of(app).recent_accents is not was.recent_accents
        sites.take_back(engine)


def test_a_site_of_other_settings_is_another(sqlite_engine: Engine) -> None:
    app = staff(sqlite_engine)
    sites.take_back(sqlite_engine)
    assert staff(sqlite_engine, NILAI_LANGUAGES="id") is not app
    assert staff(sqlite_engine) is app


def test_a_program_meets_a_pace_of_its_own(sqlite_engine: Engine) -> None:
    pace = Pace(most=1)
    app = api(sqlite_engine, pace)
    sites.take_back(sqlite_engine)
    assert api(sqlite_engine) is app
    assert pace not in app.extensions.values()


@pytest.mark.parametrize(
    "changed", ["config", "view_functions", "wsgi_app", "before_request_funcs"]
)
def test_a_site_that_a_test_changed_is_not_lent_again(sqlite_engine: Engine, changed: str) -> None:
    app = staff(sqlite_engine)
    match changed:
        case "config":
            app.config["WTF_CSRF_ENABLED"] = False
        case "view_functions":
            app.view_functions["dashboard.home"] = lambda: "careless"
        case "wsgi_app":
            app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
        case "before_request_funcs":
            app.before_request_funcs[None].pop()
        case "url_map":
            visitor(app).get("/staff/masuk")
            sites.take_back(sqlite_engine)
            assert staff(sqlite_engine) is app
            app.add_url_rule("/more", view_func=lambda: "more")
    sites.take_back(sqlite_engine)
    assert staff(sqlite_engine) is not app


def test_a_world_is_made_once_and_each_finds_it_as_it_was_made(sqlite_engine: Engine) -> None:
    made = []

    def world(session: Session) -> int:
        made.append(1)
        return make_desk(session).id

    desk_id = as_made(sqlite_engine, world)
    new = everything_in(sqlite_engine)
    with writing(sqlite_engine) as session:
        for table in ("desk_service", "desk", "service", "service_unit"):
            session.execute(text(f"DELETE FROM {table}"))
    assert as_made(sqlite_engine, world) == desk_id
    assert everything_in(sqlite_engine) == new
    assert made == [1]
    with pytest.raises(AssertionError, match="a world already"):
        as_made(sqlite_engine, world)
