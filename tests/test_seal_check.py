"""The record held against its seals: nothing where nothing was touched, the row where one was."""

from sqlalchemy import Engine

from aggregation.proof.verify import verify
from survey.models import Followup, LogEntry, Response
from survey.sealing import seal_days
from tests.seal_factories import NIGHT, new_key, rated_days

_TABLES = {"response": Response, "followup": Followup, "log": LogEntry}


def test_what_nobody_touched_is_as_it_was_sealed(engine: Engine) -> None:
    rated_days(engine)
    assert verify(engine, NIGHT).differences == []
    seal_days(engine, new_key(), NIGHT)
    verified = verify(engine, NIGHT)
    assert verified.differences == []
    assert verified.rows > 3 * 4
