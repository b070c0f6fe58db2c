"""Items of a batch, opened, dated and looked at before the database is asked to keep them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from kiosk.batch_body import SentItem
from kiosk.known_tablets import KnownTablet
from kiosk.seals import CannotOpen, bound_to, open_sealed
from kiosk.service_time import Contact, service_time
from kiosk.stamps import ForgedStamp, read_stamp
from survey.answers import InvalidAnswers
from survey.item import TabletItem, read_item
from survey.screening import Signal, is_fast, is_straight_line
from survey.submission import Submission

CANNOT_OPEN, FOREIGN_DEVICE = "cannot_open", "foreign_device"


@dataclass(frozen=True, slots=True)
class JudgedItem:
    """An item with all that can be told of it without the database.

    Attributes
    ----------
    tablet
        The enrolment it was tapped under; None if the sender never had it.
    item
        The response as the tablet kept it; None if there is none to take.
    reason
        Why there is none, as a stable word.
    """

    sent: SentItem
    tablet: KnownTablet | None
    item: TabletItem | None = None
    reason: str | None = None


class _Refused(ValueError):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def judge(
    sent: SentItem, sender: UUID, family: Mapping[UUID, KnownTablet], key: bytes
) -> JudgedItem:
    """Open an item, and say why not where it cannot be opened.

    Parameters
    ----------
    family
        The sender's enrolments, by id.
    key
        The settings' key for `kiosk.seals.PURPOSE`.
    """
    tablet = family.get(sent.device or sender)
    try:
        return JudgedItem(sent, tablet, _open(sent, tablet, key))
    except _Refused as refusal:
        return JudgedItem(sent, tablet, reason=refusal.reason)


def contacts_in(
    stamps: Mapping[int, str], family: Mapping[UUID, KnownTablet], key: bytes
) -> Mapping[int, Contact]:
    """Return what the stamps of a batch say; one that is not this tablet's says nothing.

    Parameters
    ----------
    key
        The settings' key for `kiosk.stamps.PURPOSE`.
    """
    read: dict[int, Contact] = {}
    for number, text in stamps.items():
        try:
            stamp = read_stamp(text, key)
        except ForgedStamp:
            continue
        if stamp.device in family:
            read[number] = Contact(stamp.at, stamp.offset)
    return read


def submission_of(
    judged: JudgedItem, stamps: Mapping[int, Contact], now: Contact, zone: ZoneInfo
) -> Submission | None:
    """Return what intake takes: the response at its time of service (method §4.4).

    Parameters
    ----------
    stamps
        By the tablet's own number.
    now
        The batch itself, which every tap in it came before.
    """
    sent, item, tablet = judged.sent, judged.item, judged.tablet
    if item is None or tablet is None:
        return None
    after = None if sent.after is None else stamps.get(sent.after)
    before = None if sent.before is None else stamps.get(sent.before)
    known = service_time(
        item.served_at, after or tablet.contact_before(item.sequence), before or now, zone
    )
    return Submission(
        id=item.id,
        served_at=known.served_at,
        answers=item.answers,
        half_hour_known=known.half_hour_known,
        month_known=known.month_known,
    )


def signals_in(batch: Sequence[JudgedItem]) -> list[set[Signal]]:
    """Return what each item of a batch says that makes it suspicious, blind to values (§7).

    Two taps are compared only if no other came between them, by the tablet's own clock; a clock
    that went backwards says nothing.
    """
    tapped: dict[tuple[UUID, int], datetime] = {}
    for each in batch:
        tablet, item = each.tablet, each.item
        if tablet and item:
            tapped[tablet.id, item.sequence] = item.served_at
        if tablet and tablet.last_sequence is not None and tablet.last_tapped_at is not None:
            tapped.setdefault((tablet.id, tablet.last_sequence), tablet.last_tapped_at)
    return [_signals(each, tapped) for each in batch]


def _signals(judged: JudgedItem, tapped: Mapping[tuple[UUID, int], datetime]) -> set[Signal]:
    signals: set[Signal] = set()
    tablet, item = judged.tablet, judged.item
    if tablet is None or item is None:
        return signals
    before = tapped.get((tablet.id, item.sequence - 1))
    if before is not None and before <= item.served_at and is_fast(before, item.served_at):
        signals.add(Signal.FAST_TAPS)
    if item.answered_in is not None and is_straight_line(
        tuple(item.answers.elements.values()), timedelta(seconds=item.answered_in)
    ):
        signals.add(Signal.STRAIGHT_LINE)
    return signals


def _open(sent: SentItem, tablet: KnownTablet | None, key: bytes) -> TabletItem:
    if sent.wrong is not None:
        raise _Refused(sent.wrong)
    if tablet is None:
        raise _Refused(FOREIGN_DEVICE)
    told = sent.told if sent.sealed is None else _unsealed(sent, sent.sealed, tablet, key)
    try:
        item = read_item(told)
    except InvalidAnswers as invalid:
        raise _Refused(invalid.problems[0].reason) from invalid
    if (item.id, item.sequence) != (sent.id, sent.sequence):
        raise _Refused(CANNOT_OPEN)
    return item


def _unsealed(sent: SentItem, sealed: bytes, tablet: KnownTablet, key: bytes) -> object:
    bound = bound_to(tablet.id, sent.id, -1 if sent.sequence is None else sent.sequence)
    try:
        return json.loads(open_sealed(sealed, bound, key))
    except (CannotOpen, ValueError, RecursionError) as error:
        raise _Refused(CANNOT_OPEN) from error
