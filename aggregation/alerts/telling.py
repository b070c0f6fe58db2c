"""Telling people of alerts by mail: a digest a night, and at once what cannot wait for it."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from aggregation.access.invitation import invited
from aggregation.alerts.letters import AT_ONCE, DIGEST, letter
from aggregation.alerts.mailed import Due, claim_at_once, claim_digest, note_refusal
from aggregation.alerts.readers import Reader, readers
from aggregation.mail import NoPost, NotSent, Post
from survey.database import reading, writing
from survey.language import Language

_LOG = logging.getLogger(__name__)
_Claim = Callable[[Session, Reader], Sequence[Due]]


@dataclass(frozen=True, slots=True)
class Mailing:
    """What mail needs: who takes it, in which languages, and where the inbox is."""

    post: Post
    languages: Mapping[str, Language]
    staff_url: str

    @property
    def is_set_up(self) -> bool:
        """Whether this installation sends mail."""
        return not isinstance(self.post, NoPost)


@dataclass(frozen=True, slots=True)
class Told:
    """How many mails the server took, and how many it did not."""

    sent: int = 0
    refused: int = 0


def send_digests(engine: Engine, mailing: Mailing, night: date) -> Told:
    """Send a night's digest to each person who has something new in the inbox, once."""
    return _tell(engine, mailing, DIGEST, lambda session, to: claim_digest(session, to, night))


def tell_at_once(engine: Engine, mailing: Mailing, day: date, which: Collection[UUID]) -> Told:
    """Write to those whom these alerts concern, unless a mail has told them already."""
    if not which:
        return Told()
    return _tell(
        engine, mailing, AT_ONCE, lambda session, to: claim_at_once(session, to, day, which)
    )


def _tell(engine: Engine, mailing: Mailing, subject: str, claim: _Claim) -> Told:
    """Claim, commit, and only then send: a mail that may have left is never sent again."""
    if not mailing.is_set_up:
        return Told()
    with reading(engine) as session:
        people = [(reader, invited(session, reader.key)) for reader in readers(session)]
    sent = refused = 0
    for reader, owner in people:
        with writing(engine) as session:
            dues = list(claim(session, reader))
            mail = letter(subject, owner, dues, mailing.languages, mailing.staff_url)
            ids = [due.alert.id for due in dues]
        if not ids:
            continue
        try:
            mailing.post.send(mail)
            sent += 1
        except NotSent as error:
            refused += 1
            _LOG.warning("a mail about alerts was not taken", extra={"error": str(error)})
            with writing(engine) as session:
                note_refusal(session, reader, ids)
    return Told(sent, refused)
