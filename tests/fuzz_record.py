"""What an answer has to have done to the record, and what may never lie there."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Engine, text

from survey.database import reading
from survey.profile import OPTIONS
from survey.questionnaire import Element

REFUSED = {400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429}
CLEAR = {200, 201, 303} | REFUSED
RECORD = ("response", "followup", "private_text")
A_CHAPTER = 1000
"""Inputs that one office takes; then a new one opens, so that its rows are quickly counted."""

_COUNTED = "SELECT " + ", ".join(
    f"(SELECT count(*) FROM {table} WHERE unit_id = :unit)" for table in RECORD
)
_NO_SERVICE = "service_id NOT IN (SELECT id FROM service)"
_RULES = {
    "response": f"overall NOT BETWEEN 1 AND 4 OR desk_id IS NULL OR {_NO_SERVICE}",
    "followup": " OR ".join(
        [_NO_SERVICE, *(f"{element.lower()} NOT BETWEEN 1 AND 4" for element in Element)]
    ),
    "private_text": "(field = 'COMMENT' AND length(text) NOT BETWEEN 1 AND 1000) OR "
    + " OR ".join(
        f"(field = '{name}' AND text NOT IN ({', '.join(repr(str(each)) for each in options)}))"
        for name, options in OPTIONS.items()
    ),
}
"""What no honest citizen could have sent, in words of their own."""


def stored(engine: Engine, unit: int) -> tuple[int, ...]:
    """Return how many rows of a unit each table of the `RECORD` has."""
    with reading(engine) as session:
        return tuple(session.execute(text(_COUNTED), {"unit": unit}).one())


def foreign_keys(engine: Engine) -> Iterator[str]:
    """Yield rows that point nowhere."""
    with reading(engine) as session:
        for row in session.execute(text("PRAGMA foreign_key_check")).all():
            yield f"foreign key: {row}"


@dataclass
class Record:
    """The record of a unit behind the public site, counted after each answer."""

    engine: Engine
    unit: int
    rows: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.count()

    def count(self) -> None:
        """Count anew what was stored beside the inputs."""
        self.rows = stored(self.engine, self.unit)

    def wrong(self, status: int, said: int, *, table: int, again: bool) -> Iterator[str]:
        """Yield where an answer and what was stored disagree.

        Parameters
        ----------
        said
            How many rows of a table of the `RECORD` the answer says were stored.
        again
            Whether the same was sent before, so that nothing at all may be stored.
        """
        before = self.rows
        self.count()
        if status not in CLEAR:
            yield f"answered {status}"
        if again and self.rows != before:
            yield f"stored twice: {before}, then {self.rows}"
        if not again and self.rows[table] - before[table] != said:
            yield f"answered {status}, said {said} stored: {before}, then {self.rows}"

    def invalid(self) -> Iterator[str]:
        """Yield rows that should not be there."""
        with reading(self.engine) as session:
            for table, rule in _RULES.items():
                found = session.execute(text(f"SELECT * FROM {table} WHERE {rule}")).all()
                yield from (f"invalid in {table}: {row}" for row in found)
            doubled = "SELECT receipt_digest FROM response GROUP BY 1 HAVING count(*) > 1"
            yield from (f"doubled: {row}" for row in session.execute(text(doubled)).all())
        yield from foreign_keys(self.engine)
