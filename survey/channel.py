"""The ways a response can reach the record, and what vouches for the visit (method §10)."""

from enum import StrEnum


class Channel(StrEnum):
    """How a response came in."""

    KIOSK = "kiosk"
    KIOSK_QR = "kiosk_qr"
    TICKET = "ticket"
    DESK_QR = "desk_qr"
    PAPER = "paper"
