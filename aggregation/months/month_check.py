"""What to look at before a month is closed (method §8.1): findings, none of which is a rating."""

from collections.abc import Iterator

from sqlmodel import Session

from aggregation.duties.duty_check import check_duties
from aggregation.method.evidence import Basis
from aggregation.months.draft import Draft


def check_month(session: Session, draft: Draft) -> Iterator[str]:
    """Yield what stands out in a month that is about to be closed, sentence by sentence.

    In Indonesian, each saying what it means or what to do.
    """
    tally = draft.tally
    if not tally.responses:
        yield "Tidak ada tanggapan. Bulan ini akan ditutup tanpa angka."
    if tally.late:
        yield f"{tally.late} tanggapan terlambat disimpan terpisah dan tidak masuk angka."
    if tally.unattributed:
        yield (
            f"{tally.unattributed} tanggapan dihitung untuk loket dan unit saja, karena tidak "
            "tepat satu petugas yang bertugas."
        )
    duties = check_duties(session, draft.unit_id, draft.month)
    yield from (f"Jadwal bertumpuk: {line}" for line in duties.overlaps)
    yield from (f"Jadwal kosong: {line}" for line in duties.gaps)
    few = sum(s.basis in {Basis.INDICATIVE, Basis.INSUFFICIENT} for s in draft.scores.values())
    if few:
        yield f"{few} petugas belum cukup data; HR menerima alasannya, tanpa angka."
    if len(draft.window) < draft.rule.window_months:
        yield (
            f"Jendela {draft.rule.window_months} bulan baru berisi {len(draft.window)}: "
            "bulan lainnya belum pernah ditutup."
        )
