"""Which alert goes by mail to whom, noted before the mail leaves: never the same one twice."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, exists, insert, select, update
from sqlmodel import Session, col

from aggregation.access.models import Account
from aggregation.alerts.models import Alert, AlertMail, AlertSeen
from aggregation.alerts.readers import Reader, concerns
from survey.models import ServiceUnit


class Due(NamedTuple):
    """An alert that a mail tells of."""

    alert: Alert
    unit: ServiceUnit


def claim_digest(session: Session, reader: Reader, night: date) -> list[Due]:
    """Take what a night's digest tells somebody; nothing if the night's digest is under way or out.

    It is what is open, not seen in the inbox and not mailed before, or refused on an earlier
    night. Whoever takes it has to send it once this is committed: nobody else will.
    """
    _hold(session, reader)
    had_it = select(col(AlertMail.alert_id)).where(
        col(AlertMail.account_id) == reader.account_id,
        col(AlertMail.mailed_on) >= night,
        col(AlertMail.in_digest),
    )
    if session.execute(had_it.limit(1)).first() is not None:
        return []
    return _claim(session, reader, night, in_digest=True)


def claim_at_once(
    session: Session, reader: Reader, day: date, which: Collection[UUID]
) -> list[Due]:
    """Take what somebody is to be told of now, of these alerts, if no mail has told of it."""
    _hold(session, reader)
    return _claim(session, reader, day, in_digest=False, which=which)


def note_refusal(session: Session, reader: Reader, ids: Sequence[UUID]) -> None:
    """Note that the mail server did not take a mail: the next night's digest tries again."""
    session.execute(
        update(AlertMail)
        .where(
            col(AlertMail.account_id) == reader.account_id,
            col(AlertMail.alert_id).in_(ids),
        )
        .values(refused=True)
    )


def _hold(session: Session, reader: Reader) -> None:
    """Let nobody else write to the same person until the transaction ends."""
    session.execute(
        select(col(Account.id))
        .where(col(Account.id) == reader.account_id)
        .with_for_update(key_share=True)
    )


def _claim(
    session: Session,
    reader: Reader,
    day: date,
    *,
    in_digest: bool,
    which: Collection[UUID] | None = None,
) -> list[Due]:
    mail = and_(
        col(AlertMail.alert_id) == col(Alert.id), col(AlertMail.account_id) == reader.account_id
    )
    seen = exists().where(
        col(AlertSeen.alert_id) == col(Alert.id), col(AlertSeen.account_id) == reader.account_id
    )
    waits: Select[*tuple[Any, ...]] = (
        select(Alert, ServiceUnit, col(AlertMail.refused).label("refused"))
        .join(ServiceUnit, col(ServiceUnit.id) == col(Alert.unit_id))
        .outerjoin(AlertMail, mail)
        .where(
            col(Alert.ended_at).is_(None),
            concerns(reader.scope),
            ~seen,
            col(AlertMail.alert_id).is_(None)
            | (col(AlertMail.refused) & (col(AlertMail.mailed_on) < day)),
        )
        .order_by(
            col(ServiceUnit.name),
            col(ServiceUnit.id),
            col(Alert.raised_at),
            col(Alert.kind),
            col(Alert.subject),
        )
    )
    if which is not None:
        waits = waits.where(col(Alert.id).in_(which))
    found = session.execute(waits).all()
    refused = [row.Alert.id for row in found if row.refused]
    _try_again(session, reader, day, refused, in_digest=in_digest)
    new = [row.Alert.id for row in found if row.refused is None]
    common = {"account_id": reader.account_id, "mailed_on": day, "in_digest": in_digest}
    if new:
        session.execute(insert(AlertMail), [{**common, "alert_id": id_} for id_ in new])
    return [Due(row.Alert, row.ServiceUnit) for row in found]


def _try_again(
    session: Session, reader: Reader, day: date, ids: Sequence[UUID], *, in_digest: bool
) -> None:
    if ids:
        session.execute(
            update(AlertMail)
            .where(col(AlertMail.account_id) == reader.account_id, col(AlertMail.alert_id).in_(ids))
            .values(mailed_on=day, in_digest=in_digest, refused=False)
        )
