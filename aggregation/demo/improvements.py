"""The demo office's follow-up register: six actions, each standing somewhere else."""

import zlib
from datetime import date, timedelta
from struct import pack
from uuid import UUID

from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.evidence.handed_in import check_file
from aggregation.improvements.models import Horizon, Progress
from aggregation.improvements.planning import Plan, plan_action
from aggregation.improvements.progress import Told, tell_progress
from aggregation.improvements.proofs import add_proofs
from aggregation.improvements.quarters import last_day, next_quarters, quarter_of
from aggregation.months.released import Released, released_each, released_periods
from survey.questionnaire import Element

_QUARTER = 3
_HEAD, _SERVICE, _SECRETARY = "Kepala Dinas", "Kepala Seksi Pelayanan", "Sekretaris"


def add_demo_improvements(session: Session, unit_id: int, by: str) -> None:
    """Answer the two newest quarters; nothing where fewer than two are released.

    Parameters
    ----------
    by
        The key of the account that keeps the register.
    """
    quarters = [each for each in released_periods(session, unit_id) if len(each.months) == _QUARTER]
    if len(quarters) < 2:  # noqa: PLR2004 - the newest and the one before
        return
    older, newest = quarters[-2:]
    found = released_each(session, unit_id, (older, newest))
    _answered(_Register(session, unit_id, found[older.name], by))
    _begun(_Register(session, unit_id, found[newest.name], by))


class _Register:
    """Plans and tells for one quarter, some days after it was released."""

    def __init__(self, session: Session, unit_id: int, answers: Released, by: str) -> None:
        self.session, self.unit_id, self.by = session, unit_id, by
        self.answers, self.since = answers.period, answers.released_at
        self.next = next_quarters(quarter_of(last_day(answers.period)), 2)[1]

    def on(self, days: int) -> date:
        return (self.since + timedelta(days=days)).date()

    def plan(self, element: Element, action: str, responsible: str, said: str = "") -> UUID:
        wanted = Plan(
            period=self.answers,
            element=element,
            said=said,
            action=action,
            horizon=Horizon.SHORT,
            quarter=self.next,
            due_on=last_day(self.next),
            responsible=responsible,
        )
        return plan_action(self.session, self.unit_id, wanted, self._cause(3))

    def tell(self, action: UUID, days: int, told: Told, seen: UUID | None = None) -> UUID:
        cause = self._cause(days)
        return tell_progress(self.session, self.unit_id, action, told, cause, seen=seen)

    def prove(self, action: UUID, days: int, name: str) -> None:
        files = [check_file(name, _picture())]
        add_proofs(self.session, self.unit_id, action, files, self._cause(days))

    def _cause(self, days: int) -> Cause:
        return Cause(self.by, "", self.since + timedelta(days=days), self.by)


def _answered(register: _Register) -> None:
    """Two are done, one with a picture; one was dropped, and one is late by now."""
    desk = register.plan(
        Element.WAKTU,
        "Membuka satu loket khusus pengambilan dokumen pada jam sibuk",
        _SERVICE,
        "Antrean pagi terlalu lama.",
    )
    begun = register.tell(desk, 10, Told(Progress.RUNNING, "Petugas dan jadwal loket disiapkan."))
    opened = "Loket khusus pengambilan dibuka setiap hari pukul 08.00 sampai 11.00."
    done = Told(Progress.DONE, opened, done_on=register.on(26), is_public=True)
    register.tell(desk, 26, done, begun)
    register.prove(desk, 26, "Loket pengambilan sesudah dibuka.png")
    seats = register.plan(Element.SARANA, "Menambah 20 kursi dan satu kipas di ruang tunggu", _HEAD)
    added = Told(Progress.DONE, "Kursi dan kipas terpasang.", done_on=register.on(60))
    register.tell(seats, 60, added)
    twice = register.plan(Element.SARANA, "Mengecat ruang tunggu", _SECRETARY)
    register.tell(twice, 12, Told(Progress.DROPPED, "Sudah masuk anggaran pemeliharaan."))
    register.plan(
        Element.PENGADUAN,
        "Memasang papan tata cara pengaduan di setiap loket",
        _SECRETARY,
        "Tidak tahu harus mengadu ke mana.",
    )


def _begun(register: _Register) -> None:
    """One is under way, one waits."""
    training = register.plan(
        Element.PROSEDUR,
        "Menempel alur pengurusan setiap layanan dan membagikannya lewat WhatsApp",
        _SERVICE,
        "Alur pengurusan membingungkan.",
    )
    register.tell(training, 9, Told(Progress.RUNNING, "Rancangan alur lima layanan selesai."))
    register.plan(Element.WAKTU, "Memindahkan perekaman kolektif ke sore hari", _HEAD)


def _picture() -> bytes:
    """Return a small picture that stands for a photo: light above, dark below."""
    width, height = 96, 64
    rows = b"".join(b"\0" + bytes((200 - 2 * row, 170 - row, 140)) * width for row in range(height))
    parts = (
        (b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    chunks = (
        pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
