"""What steps and states of a comment are called, and how refusals are told."""

from collections.abc import Mapping

from aggregation.comments.comment_list import State
from aggregation.comments.models import CommentAct
from survey.language import worded

STATES: Mapping[str, tuple[State, str]] = {
    "": (State.OPEN, worded("Belum ditutup")),
    "baru": (State.UNREAD, worded("Belum dibaca")),
    "ditutup": (State.CLOSED, worded("Ditutup")),
    "semua": (State.ALL, worded("Semua komentar")),
}
"""What a list is narrowed to, by the word in the address."""

CHIPS: Mapping[str | None, tuple[str, str]] = {
    None: ("warn", worded("belum dibaca")),
    CommentAct.READ: ("", worded("dibaca")),
    CommentAct.ASSIGNED: ("", worded("ditugaskan")),
    CommentAct.ANSWERED: ("ok", worded("dijawab")),
    CommentAct.FORWARDED: ("ok", worded("diteruskan sebagai apresiasi")),
    CommentAct.REFERRED: ("", worded("diarahkan ke SP4N-LAPOR!")),
    CommentAct.CLOSED: ("", worded("ditutup")),
    CommentAct.REOPENED: ("", worded("dibuka lagi")),
}
"""Kind of chip and words of the newest step."""

STEPS: Mapping[CommentAct, str] = {
    CommentAct.READ: worded("Dibaca"),
    CommentAct.ASSIGNED: worded("Ditugaskan kepada"),
    CommentAct.ANSWERED: worded("Dijawab untuk umum"),
    CommentAct.FORWARDED: worded("Diteruskan sebagai apresiasi kepada"),
    CommentAct.REFERRED: worded("Diarahkan ke SP4N-LAPOR!"),
    CommentAct.CLOSED: worded("Ditutup"),
    CommentAct.REOPENED: worded("Dibuka lagi"),
}
"""A step in the history."""

DONE: Mapping[CommentAct, str] = {
    CommentAct.READ: worded("Komentar ditandai sudah dibaca."),
    CommentAct.ASSIGNED: worded("Tugas dicatat."),
    CommentAct.ANSWERED: worded("Jawaban disimpan dan ikut tampil pada publikasi berikutnya."),
    CommentAct.FORWARDED: worded("Apresiasi diteruskan. Petugas membacanya di Nilai saya."),
    CommentAct.REFERRED: worded("Dicatat: komentar ini diarahkan ke SP4N-LAPOR!"),
    CommentAct.CLOSED: worded("Komentar ditutup."),
    CommentAct.REOPENED: worded("Komentar dibuka lagi."),
}
"""What is told once a step is taken."""

LAPOR = "https://www.lapor.go.id/"
"""Where citizens hand in what needs an identity; nothing of it is asked for here (method §9)."""
