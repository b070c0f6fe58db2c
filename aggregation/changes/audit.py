"""Acts whose values name people: the log keeps their digest, an erasable table the values."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session

from aggregation.models import LogDetail
from survey.leaf import SALT_BYTES
from survey.log import Act, record
from survey.merkle import Scalar, salted_digest

DETAIL = "DETAIL"
"""The field under which a detail's digest is made."""


def record_with_detail(
    session: Session, act: Act, at: datetime, detail: Mapping[str, Scalar | list[str]]
) -> None:
    """Append an act to the log, and beside it what names people (method §8).

    Parameters
    ----------
    act
        Keys and counts only.
    detail
        Names and reasons. The log's leaf holds the salted digest, so erasing them breaks nothing.
    """
    text = json.dumps(detail, sort_keys=True, ensure_ascii=False)
    salt = secrets.token_bytes(SALT_BYTES)
    entry_id = record(session, act, at, salted_digest(salt, DETAIL, text))
    session.execute(insert(LogDetail), {"entry_id": entry_id, "text": text, "salt": salt})
