"""The register in words: where an action stands, how far it reaches, what the ministry scores."""

from collections.abc import Mapping

from aggregation.improvements.ministry_score import Finished
from aggregation.improvements.models import Horizon, Progress
from aggregation.improvements.register import State
from survey.language import worded

STATES: Mapping[State, tuple[str, str]] = {
    State.PLANNED: ("", worded("direncanakan")),
    State.RUNNING: ("warn", worded("berjalan")),
    State.LATE: ("bad", worded("terlambat")),
    State.DONE: ("ok", worded("sudah selesai")),
    State.DROPPED: ("", worded("dibatalkan")),
}
"""Kind of chip and words."""

STEPS: Mapping[Progress, str] = {
    Progress.PLANNED: worded("Tetap direncanakan"),
    Progress.RUNNING: worded("Sedang berjalan"),
    Progress.DONE: worded("Selesai dikerjakan"),
    Progress.DROPPED: worded("Dibatalkan"),
}
"""What one tells of an action."""

HORIZONS: Mapping[Horizon, str] = {
    Horizon.SHORT: worded("Jangka pendek, kurang dari 12 bulan"),
    Horizon.MEDIUM: worded("Jangka menengah, 12 sampai 24 bulan"),
    Horizon.LONG: worded("Jangka panjang, lebih dari 24 bulan"),
}
"""As the regulation divides them."""

FINISHED: Mapping[Finished, str] = {
    Finished.NOTHING: worded("Belum ada rencana"),
    Finished.PLANNED: worded("Direncanakan, belum ada yang selesai"),
    Finished.BELOW_30: worded("Kurang dari 30%"),
    Finished.FROM_30_TO_80: worded("30% sampai 80%"),
    Finished.ABOVE_80: worded("Lebih dari 80%"),
    Finished.ALL: worded("100%"),
}
"""Classes of the ministry, as its form names them."""

SAID_OF_ELEMENT = worded("Anda menilai %(element)s belum memuaskan.")
"""What is proposed as the public's words; whoever plans writes better ones."""
