"""Citizens' own words, erased after their years; the masked comment stays (method §9)."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlmodel import Session, col

from aggregation.comments.models import CommentSource
from survey.old_texts import RAW_COMMENTS, OldText, erase_texts


def erase_words(session: Session, unit_id: int, old: Sequence[OldText]) -> int:
    """Erase raw comments, and which response a released one was made of; return how many.

    The link was there so that a text is released once and can be read again by the reviewer;
    without the text it would only lead from a comment to a response.
    """
    session.execute(
        delete(CommentSource).where(
            col(CommentSource.unit_id) == unit_id,
            col(CommentSource.month).in_({each.month for each in old}),
            col(CommentSource.response_id).in_([each.response_id for each in old]),
        )
    )
    return erase_texts(session, unit_id, RAW_COMMENTS, old)
