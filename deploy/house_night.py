"""What a night does for the installation as a whole: probe, seal, check, erase (method §8, §9)."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from aggregation.proof.month_seals import seal_months
from aggregation.proof.verify import record_verification, verify
from deploy.done_marks import marked
from deploy.probe import PROBE, probe
from deploy.purge import purge
from deploy.unit_night import active_units
from survey.command import Installation
from survey.database import reading, writing
from survey.seal_chain import OtherKey
from survey.seal_check import Difference
from survey.seal_key import seal_key
from survey.sealing import seal_days
from survey.settings import WrongSettings

Probe = Callable[[], Sequence[Difference]]
Say = Callable[[str], object]
_LOG = logging.getLogger(__name__)
_OTHER_KEY = "kunci {} bukan yang diumumkan rantai segel. Lihat: nilai seal"
_FOUND = "Catatan tidak utuh: {} perbedaan. Yang pertama, {}: {}"


@dataclass(slots=True)
class HouseNight:
    """A night's work for the installation, each part by itself.

    Attributes
    ----------
    say
        Told what was done.
    failures
        What failed or was found, a sentence each.
    """

    installation: Installation
    at: datetime
    say: Say
    failures: list[str]

    def run(self, probe_now: Probe | None = None) -> None:
        """Do all parts in their order; one that fails stops no other.

        Parameters
        ----------
        probe_now
            What touches the faces, where it is not to be made for this night alone.
        """
        found: list[Difference] = []
        self._do(
            "probe", "menguji ketukan", lambda: self._probe(probe_now or self._new_probe, found)
        )
        self._do("seal", "menyegel", self._seal)
        self._do("verify", "memeriksa catatan", lambda: self._verify(found))
        self._do("purge", "menghapus yang lewat masa simpan", self._purge)

    @property
    def _engine(self) -> Engine:
        return self.installation.engine

    def _new_probe(self) -> Sequence[Difference]:
        return probe(self.installation.settings, self._engine)

    def _probe(self, probe_now: Probe, found: list[Difference]) -> str:
        with reading(self._engine) as session:
            if not active_units(session):
                return "Uji malam: belum ada unit yang melayani."
        try:
            found += probe_now()
        except Exception as error:
            sentence = f"Uji malam tidak selesai ({type(error).__name__})."
            found.append(Difference(PROBE, PROBE, sentence))
            raise
        return "Uji malam: setiap wajah tersimpan sekali." if not found else "Uji malam gagal."

    def _seal(self) -> str:
        key = seal_key(self.installation.settings.seal_key_file)
        days = seal_days(self._engine, key, self.at)
        months = seal_months(self._engine, key, self.at)
        return f"Segel: {len(days)} hari dan {len(months)} bulan."

    def _verify(self, probed: Sequence[Difference]) -> str:
        verified = verify(self._engine, self.at)
        verified = replace(verified, differences=[*probed, *verified.differences])
        with writing(self._engine) as session:
            record_verification(session, verified, self.at)
        for notice in verified.notices:
            self.say(f"Perhatian: {notice}")
        if verified.differences:
            first = verified.differences[0]
            count = len(verified.differences)
            self.failures.append(_FOUND.format(count, first.subject, first.sentence))
        return f"Pemeriksaan: {verified.rows} baris, {len(verified.differences)} perbedaan."

    def _purge(self) -> str:
        purged = purge(self._engine, self.at)
        return (
            f"Masa simpan: {purged.comments} komentar asli, {purged.profiles} profil, "
            f"{purged.marks} catatan sementara dihapus."
        )

    def _do(self, step: str, name: str, part: Callable[[], str]) -> None:
        with marked(self.installation.settings.marks_folder, step, self.failures):
            self._try(name, part)

    def _try(self, name: str, part: Callable[[], str]) -> None:
        try:
            self.say(part())
        except OtherKey as refusal:
            self.failures.append(f"Gagal {name}: {_OTHER_KEY.format(refusal)}")
        except WrongSettings as refusal:
            self.failures.append(f"Gagal {name}: {refusal}")
        except Exception as error:  # noqa: BLE001 - the other parts have their night
            _LOG.exception("a part of the night failed")
            self.failures.append(f"Gagal {name} ({type(error).__name__}).")
