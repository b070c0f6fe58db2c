"""Signals of ratings that may not be visits: reasons for quarantine, never for refusal (method §7).

Every rule here is blind to the value: turning all ratings over changes nothing. What needs visits
or duties to be known is judged on the staff side, under the same names.
"""

from enum import StrEnum


class Signal(StrEnum):
    """Why a response is looked at before it counts."""

    FAST_TAPS = "fast_taps"
    """Less than five seconds after the one before, at one tablet."""
    BURST = "burst"
    """Eight or more at a desk in ten minutes."""
    STAFF_BROWSER = "staff_browser"
    """From a browser in which somebody of the staff has signed in."""
    SAME_DEVICE = "same_device"
    """The same device again and again on the printed code."""
    STRAIGHT_LINE = "straight_line"
    """Nine equal answers within ten seconds."""
    CLOSED_HOURS = "closed_hours"
    """Outside the hours in which the desk serves."""
    MORE_THAN_SERVED = "more_than_served"
    """More than were served at the desk in that half hour."""
