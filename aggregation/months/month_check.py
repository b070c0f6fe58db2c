"""What to look at before a month is closed (method §8.1): findings, none of which is a rating."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlmodel import Session

from aggregation.duties.duty_check import check_duties
from aggregation.duties.waiting_changes import waiting_in
from aggregation.method.evidence import Basis
from aggregation.months.draft import Draft
from aggregation.tablets.month_tablets import tablets_of_month
from aggregation.tablets.running_numbers import written
from survey.language import worded


class Kind(StrEnum):
    """What a finding is about."""

    NO_RESPONSES = "no_responses"
    LATE = "late"
    QUARANTINED = "quarantined"
    UNATTRIBUTED = "unattributed"
    OVERLAP = "overlap"
    GAP = "gap"
    WAITING = "waiting"
    TABLET_GAPS = "tablet_gaps"
    TABLET_WAITING = "tablet_waiting"
    FEW_DATA = "few_data"
    SHORT_WINDOW = "short_window"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that stands out in a month.

    Attributes
    ----------
    sentence
        In Indonesian, with named blanks; it says what it means or what to do.
    words
        What fills the blanks.
    """

    kind: Kind
    sentence: str
    words: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Write the sentence in Indonesian."""
        return self.sentence % self.words


def check_month(session: Session, draft: Draft) -> Iterator[Finding]:
    """Yield what stands out in a month that is about to be closed."""
    yield from _of_responses(draft)
    duties = check_duties(session, draft.unit_id, draft.month)
    overlap, gap = worded("Jadwal bertumpuk: %(place)s"), worded("Jadwal kosong: %(place)s")
    yield from (Finding(Kind.OVERLAP, overlap, {"place": line}) for line in duties.overlaps)
    yield from (Finding(Kind.GAP, gap, {"place": line}) for line in duties.gaps)
    yield from _of_waiting(session, draft)
    yield from _of_tablets(session, draft)
    yield from _of_scores(draft)


def _of_waiting(session: Session, draft: Draft) -> Iterator[Finding]:
    text = worded(
        "Perubahan jadwal %(what)s menunggu persetujuan orang kedua. Putuskan sebelum bulan "
        "ditutup; sesudah itu hanya revisi yang dapat memberlakukannya."
    )
    for what in waiting_in(session, draft.unit_id, draft.month):
        yield Finding(Kind.WAITING, text, {"what": what})


def _of_tablets(session: Session, draft: Draft) -> Iterator[Finding]:
    lost = worded(
        "Tablet %(desk)s: %(count)s penilaian tidak pernah tiba (nomor urut %(numbers)s). Periksa "
        "tablet itu; bila tidak tertolong, bulan ini tetap dapat ditutup."
    )
    waiting = worded(
        "Tablet %(desk)s masih menyimpan %(count)s penilaian menurut kabar terakhirnya, %(day)s. "
        "Sambungkan sebelum bulan ditutup; yang tiba sesudahnya dihitung terlambat."
    )
    unheard = worded(
        "Tablet %(desk)s belum memberi kabar sejak %(day)s, jadi mungkin masih menyimpan penilaian "
        "bulan ini. Sambungkan, atau cabut tablet yang tidak akan kembali."
    )
    for tablet in tablets_of_month(session, draft.unit_id, draft.month):
        state, day = tablet.state, tablet.heard_on
        if state.missing:
            gaps = {"count": state.missing, "numbers": written(state.gaps)}
            yield Finding(Kind.TABLET_GAPS, lost, {"desk": state.desk_name, **gaps})
        if state.waiting:
            words = {"desk": state.desk_name, "count": state.waiting, "day": day}
            yield Finding(Kind.TABLET_WAITING, waiting, words)
        elif tablet.unheard:
            yield Finding(Kind.TABLET_WAITING, unheard, {"desk": state.desk_name, "day": day})


def _of_responses(draft: Draft) -> Iterator[Finding]:
    tally = draft.tally
    if not tally.responses:
        yield Finding(
            Kind.NO_RESPONSES,
            worded("Tidak ada tanggapan. Bulan ini akan ditutup tanpa angka."),
        )
    if tally.late:
        text = worded("%(count)s tanggapan terlambat disimpan terpisah dan tidak masuk angka.")
        yield Finding(Kind.LATE, text, {"count": tally.late})
    if tally.quarantined:
        text = worded(
            "%(count)s tanggapan ditahan dan tidak masuk angka. Yang diloloskan peninjau sebelum "
            "bulan ditutup ikut dihitung; sesudah itu hanya lewat revisi."
        )
        yield Finding(Kind.QUARANTINED, text, {"count": tally.quarantined})
    if tally.unattributed:
        text = worded(
            "%(count)s tanggapan dihitung untuk loket dan unit saja, karena tidak "
            "tepat satu petugas yang bertugas."
        )
        yield Finding(Kind.UNATTRIBUTED, text, {"count": tally.unattributed})


def _of_scores(draft: Draft) -> Iterator[Finding]:
    few = sum(s.basis in {Basis.INDICATIVE, Basis.INSUFFICIENT} for s in draft.scores.values())
    if few:
        text = worded(
            "%(count)s petugas belum cukup data; kepegawaian menerima alasannya, tanpa angka."
        )
        yield Finding(Kind.FEW_DATA, text, {"count": few})
    if len(draft.window) < draft.rule.window_months:
        text = worded(
            "Jendela %(window)s bulan baru berisi %(found)s: bulan lainnya belum pernah ditutup."
        )
        words = {"window": draft.rule.window_months, "found": len(draft.window)}
        yield Finding(Kind.SHORT_WINDOW, text, words)
