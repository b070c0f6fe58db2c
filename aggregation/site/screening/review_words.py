"""Signals, channels and moments of a review, in the reader's words."""

from collections.abc import Mapping

from aggregation.sheets.calendar_cells import clock
from survey.channel import Channel
from survey.language import worded
from survey.month import HALF_HOURS_A_DAY, HalfHour, starts
from survey.screening import Signal
from survey.spoken import spoken

SIGNALS: Mapping[Signal, str] = {
    Signal.FAST_TAPS: worded("terlalu rapat di satu tablet"),
    Signal.BURST: worded("8 atau lebih dalam sepuluh menit"),
    Signal.STAFF_BROWSER: worded("dari peramban pegawai"),
    Signal.SAME_DEVICE: worded("perangkat yang sama berulang kali"),
    Signal.STRAIGHT_LINE: worded("sembilan jawaban sama dalam 10 detik"),
    Signal.CLOSED_HOURS: worded("di luar jam layanan"),
    Signal.MORE_THAN_SERVED: worded("lebih banyak daripada yang dilayani"),
}
CHANNELS: Mapping[Channel, str] = {
    Channel.KIOSK: worded("tablet"),
    Channel.KIOSK_QR: worded("QR di tablet"),
    Channel.TICKET: worded("karcis"),
    Channel.DESK_QR: worded("poster QR"),
    Channel.PAPER: worded("kertas"),
}


def channel_words(code: str) -> str:
    """Return what a channel is called, in the language of the request."""
    return spoken().say(CHANNELS[Channel(code)])


def day_of(half_hour: int) -> str:
    """Write the day of a half hour: 5 Oktober 2026."""
    return spoken().day(starts(HalfHour(half_hour)).date())


def time_of(half_hour: int) -> str:
    """Write a half hour of a day: 09.00–09.30."""
    slot = half_hour % HALF_HOURS_A_DAY
    return f"{clock(slot)}–{clock(slot + 1)}"
