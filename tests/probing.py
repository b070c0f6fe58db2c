"""Probing a site, and triggers in SQLite by which one of the four values is not kept as told."""

from sqlalchemy import Engine, text

from deploy.probe import probe
from survey.database import writing
from survey.models import Response, table_of
from survey.seal_check import Difference
from survey.settings import Settings
from tests.factories import KEYS
from tests.site_client import phone


def faults_in(engine: Engine, given: Settings = KEYS) -> list[Difference]:
    """Probe a public site that runs already."""
    site = phone(engine).application
    site.testing = False  # what fails is answered with 500, as it would be
    found = probe(given, engine, site)
    site.testing = True
    return found


_ROW = [column.name for column in table_of(Response).c]


def copied(**other: str) -> str:
    """Return SQL that writes a row like the one just sent, apart from what is given."""
    values = (other.get(name, f"NEW.{name}") for name in _ROW)
    return f"INSERT INTO response ({', '.join(_ROW)}) VALUES ({', '.join(values)});"


ANOTHER_ID = f"'{'0' * 31}1'"
SWALLOWS = "BEFORE INSERT ON response WHEN NEW.overall = 3 BEGIN SELECT RAISE(IGNORE); END"
DOUBLES = f"""
    AFTER INSERT ON response WHEN NEW.overall = 2 BEGIN
        INSERT INTO known_response (id, unit_id, month)
            VALUES ({ANOTHER_ID}, NEW.unit_id, NEW.month);
        {copied(id=ANOTHER_ID)}
    END
"""
STORES_ANOTHER = f"""
    BEFORE INSERT ON response WHEN NEW.overall = 1 BEGIN
        {copied(overall="4")}
        SELECT RAISE(IGNORE);
    END
"""
REFUSES = "BEFORE INSERT ON response WHEN NEW.overall = 4 BEGIN SELECT RAISE(ABORT, 'no'); END"
FORGETS_THE_RECEIPT = f"""
    BEFORE INSERT ON response WHEN NEW.overall = 2 BEGIN
        {copied(receipt_digest="NEW.leaf")}
        SELECT RAISE(IGNORE);
    END
"""


def break_intake(engine: Engine, how: str) -> None:
    """Let the database break from now on what intake writes."""
    with writing(engine) as session:
        session.execute(text(f"CREATE TRIGGER broken {how}"))
