"""What a unit's own page says of tablets that lose ratings: one line each, led to their page."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from aggregation.access.roles import Right
from aggregation.method.tablet_health import Light, Sign
from aggregation.site.guard import may
from aggregation.site.tablets.tablet_words import moment
from aggregation.tablets.fleet_health import JudgedTablet
from aggregation.tablets.red_tablets import red_tablets
from survey.language import worded
from survey.month import time_zone
from survey.spoken import spoken
from survey.units import Unit

MOST_LINES = 5
_LINES: Mapping[Sign, str] = {
    Sign.SILENT: worded("Tablet %(desk)s diam sejak %(since)s."),
    Sign.GAPS: worded("Tablet %(desk)s: %(missing)s penilaian tidak pernah tiba."),
    Sign.SET_ASIDE: worded("Tablet %(desk)s menyisihkan %(set_aside)s penilaian yang ditolak."),
}


def red_lines(session: Session, unit: Unit) -> dict[str, Any]:
    """Return the lines for those who look after tablets, and how many more there would be."""
    if not may(Right.KEEP_ROSTER):
        return {"red_tablets": []}
    now, zone = datetime.now(UTC), time_zone(unit.time_zone)
    found = red_tablets(session, unit.id, zone, now)
    lines = [line for tablet in found for line in _lines_of(tablet, zone, now)]
    return {"red_tablets": lines[:MOST_LINES], "more_red": len(lines[MOST_LINES:])}


def _lines_of(tablet: JudgedTablet, zone: ZoneInfo, now: datetime) -> list[str]:
    language = spoken()
    words = {
        "desk": tablet.state.desk_name,
        "since": moment(tablet.in_touch_at, zone, now),
        "missing": language.number(tablet.state.missing),
        "set_aside": language.number(tablet.state.set_aside),
    }
    return [language.say(_LINES[sign]) % words for sign in tablet.signs if sign.light is Light.RED]
