"""How a tablet is: what it last told and whether it ought to be there, as signs to act on.

Green is no sign at all. Red loses ratings or has lost some; amber may come to it. No sign looks at
a rating, and none says anything of whoever serves at the desk.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

SILENT_AFTER = timedelta(minutes=15)
QUIET_AFTER = timedelta(minutes=5)
"""Time without contact while the desk serves: then red, then amber (local)."""
MANY_WAITING = 50
"""More than one batch carries (local)."""
FULL = 0.8
"""Share of the browser's room from which a store is nearly full (local)."""
LOW_BATTERY = 20
"""Percent (local)."""
CLOCK_OFF = 120
"""Seconds that a tablet's clock may be wrong; as much as its time of service is trusted (§4.4)."""


class Light(IntEnum):
    """A tablet's state in one word, the worse the higher."""

    GREEN = 0
    AMBER = 1
    RED = 2


class Sign(StrEnum):
    """Something about a tablet that asks for an act, the worst first."""

    SILENT = "silent"
    GAPS = "gaps"
    REVOKED_WAITING = "revoked_waiting"
    SET_ASIDE = "set_aside"
    QUIET = "quiet"
    STRANDED = "stranded"
    MANY_WAITING = "many_waiting"
    NOT_KEPT = "not_kept"
    NEARLY_FULL = "nearly_full"
    BATTERY = "battery"
    CLOCK = "clock"
    OTHER_VERSION = "other_version"

    @property
    def light(self) -> Light:
        """How bad it is."""
        return Light.RED if self in _RED else Light.AMBER


_RED = frozenset({Sign.SILENT, Sign.GAPS, Sign.REVOKED_WAITING, Sign.SET_ASIDE})


@dataclass(frozen=True, slots=True)
class Report:
    """What a tablet last told of itself; None where its browser does not tell.

    Attributes
    ----------
    waiting, set_aside
        Responses it still keeps: to be sent, and refused.
    clock_offset
        Seconds that its clock is behind the server's; negative when it is ahead.
    persisted
        Whether the browser promised not to throw its store away.
    battery
        Percent.
    """

    waiting: int = 0
    set_aside: int = 0
    clock_offset: int = 0
    version: str = ""
    persisted: bool | None = None
    used_bytes: int | None = None
    quota_bytes: int | None = None
    battery: int | None = None
    charging: bool | None = None


@dataclass(frozen=True, slots=True)
class Tablet:
    """A tablet as its state is judged.

    Attributes
    ----------
    in_touch_at
        When it was last in contact; when it was enrolled if it never was since.
    serving_since
        When the desk's present stretch of service began; None while it does not serve.
    missing
        How many running numbers neither arrived nor wait.
    usual_version
        The one that most of the fleet runs, by `usual_version`.
    """

    in_touch_at: datetime
    report: Report
    serving_since: datetime | None = None
    missing: int = 0
    revoked: bool = False
    usual_version: str = ""


def light_of(signs: Iterable[Sign]) -> Light:
    """Return the worst of a tablet's signs."""
    return max((sign.light for sign in signs), default=Light.GREEN)


def signs_of(tablet: Tablet, now: datetime) -> list[Sign]:
    """Return what about a tablet asks for an act, the worst first.

    Of one that is revoked only what it may have lost: nobody expects it to be there.

    Examples
    --------
    The desk serves since 08.00, the tablet was last in touch on the day before.

    >>> from datetime import UTC
    >>> opened, then = datetime(2026, 10, 5, 1, tzinfo=UTC), datetime(2026, 10, 4, 8, tzinfo=UTC)
    >>> tablet = Tablet(then, Report(), serving_since=opened)
    >>> [signs_of(tablet, opened + timedelta(minutes=m)) for m in (5, 6, 16)]
    [[], [<Sign.QUIET: 'quiet'>], [<Sign.SILENT: 'silent'>]]
    """
    found = {Sign.GAPS: tablet.missing > 0}
    if tablet.revoked:
        found[Sign.REVOKED_WAITING] = tablet.report.waiting > 0
    else:
        found |= _of_contact(tablet, now) | _of_store(tablet.report) | _of_device(tablet)
    return [sign for sign in Sign if found.get(sign)]


def usual_version(versions: Iterable[str]) -> str:
    """Return the version that most tablets run; the first of those named as often.

    A version is a digest and says not which is newer. But a tablet changes over by itself within
    minutes, so whoever runs another one than the rest has been left behind.

    Examples
    --------
    >>> usual_version(["b7", "a1", "a1", ""])
    'a1'
    """
    counted = Counter(version for version in versions if version)
    return max(counted, key=counted.__getitem__, default="")


def silent_for(tablet: Tablet, now: datetime) -> timedelta:
    """Return how long a tablet is silent that ought to be there; nothing while the desk rests."""
    if tablet.serving_since is None:
        return timedelta()
    return max(now - max(tablet.in_touch_at, tablet.serving_since), timedelta())


def _of_contact(tablet: Tablet, now: datetime) -> dict[Sign, bool]:
    silence = silent_for(tablet, now)
    waiting = tablet.report.waiting
    return {
        Sign.SILENT: silence > SILENT_AFTER,
        Sign.QUIET: QUIET_AFTER < silence <= SILENT_AFTER,
        Sign.STRANDED: waiting > 0 and now - tablet.in_touch_at > QUIET_AFTER,
        Sign.MANY_WAITING: waiting > MANY_WAITING,
    }


def _of_store(report: Report) -> dict[Sign, bool]:
    used, quota = report.used_bytes, report.quota_bytes
    return {
        Sign.SET_ASIDE: report.set_aside > 0,
        Sign.NOT_KEPT: report.persisted is False,
        Sign.NEARLY_FULL: used is not None and bool(quota) and used > FULL * (quota or 0),
    }


def _of_device(tablet: Tablet) -> dict[Sign, bool]:
    report = tablet.report
    low = report.battery is not None and report.battery < LOW_BATTERY
    return {
        Sign.BATTERY: low and report.charging is not True,
        Sign.CLOCK: abs(report.clock_offset) > CLOCK_OFF,
        Sign.OTHER_VERSION: bool(report.version) and report.version != tablet.usual_version,
    }
