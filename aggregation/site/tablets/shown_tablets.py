"""A unit's tablets as their page shows them: each fact written out, and what to do first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from aggregation.method.tablet_health import Sign
from aggregation.site.tablets.tablet_words import LIGHTS, advice
from aggregation.tablets.fleet_health import JudgedTablet
from aggregation.tablets.running_numbers import written
from survey.language import worded
from survey.spoken import spoken

_VERSION_LETTERS = 8


@dataclass(frozen=True, slots=True)
class ShownTablet:
    """A tablet in the list.

    Attributes
    ----------
    chip, word
        Its state: the kind of chip, and the word in it.
    contact
        How long ago it was last in touch.
    clock, storage, battery
        Empty where there is nothing to say, or the tablet does not tell.
    missing
        Running numbers that neither arrived nor wait.
    badness
        How bad its state is, the worse the higher.
    advice
        What to do, a sentence for each sign.
    """

    id: UUID
    desk: str
    desk_key: str
    chip: str
    word: str
    badness: int
    revoked: bool
    ended: bool
    contact: str
    clock: str
    waiting: int
    set_aside: int
    missing: str
    version: str
    other_version: bool
    storage: str
    kept: bool | None
    battery: str
    charging: bool
    advice: tuple[str, ...]


def shown(tablet: JudgedTablet, zone: ZoneInfo, now: datetime) -> ShownTablet:
    """Return a tablet as the list shows it."""
    state, language = tablet.state, spoken()
    chip, word = LIGHTS[tablet.light]
    return ShownTablet(
        id=state.id,
        desk=state.desk_name,
        desk_key=tablet.desk_key,
        chip=chip,
        word=word,
        badness=int(tablet.light),
        revoked=state.revoked_at is not None,
        ended=tablet.ended,
        contact=language.ago(state.silent_for) if state.last_contact else "",
        clock=_clock(tablet),
        waiting=state.waiting,
        set_aside=state.set_aside,
        missing=written(state.gaps),
        version=(state.version or "")[:_VERSION_LETTERS],
        other_version=Sign.OTHER_VERSION in tablet.signs,
        storage=_share(state.used_bytes, state.quota_bytes),
        kept=state.persisted,
        battery="" if state.battery is None else f"{language.number(state.battery)} %",
        charging=state.charging is True,
        advice=tuple(advice(tablet, zone, now)),
    )


def _clock(tablet: JudgedTablet) -> str:
    offset = tablet.state.offset
    if Sign.CLOCK not in tablet.signs or offset is None:
        return ""
    behind, ahead = worded("jam lambat %(clock)s"), worded("jam cepat %(clock)s")
    sentence = spoken().say(behind if offset.total_seconds() > 0 else ahead)
    return sentence % {"clock": spoken().duration(abs(offset))}


def _share(used: int | None, quota: int | None) -> str:
    """Write how much of its room a store uses; below one percent it is not worth a figure."""
    if used is None or not quota:
        return ""
    percent = round(100 * used / quota)
    return f"{spoken().number(percent)} %" if percent else "< 1 %"
