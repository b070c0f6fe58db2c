"""What the guide says of each step: its title, what is missing or done, and where it is done."""

from collections.abc import Mapping
from dataclasses import dataclass

from aggregation.office.set_up_guide import Lack, Step
from survey.language import worded


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step in words.

    Attributes
    ----------
    done
        What is said when it is done; ``%(count)s`` is how many it has.
    endpoint
        The page where it is done.
    button
        What leads there.
    of_unit
        Whether that page's address names the unit.
    """

    title: str
    done: str
    endpoint: str
    button: str
    of_unit: bool = True


STEPS: Mapping[Step, StepWords] = {
    Step.UNIT: StepWords(
        worded("Unit"), worded("Unit ini aktif."), "unit_form.edit", worded("Ubah unit")
    ),
    Step.SERVICES: StepWords(
        worded("Layanan"),
        worded("%(count)s layanan."),
        "services.all_services",
        worded("Atur layanan"),
    ),
    Step.DESKS: StepWords(
        worded("Loket"), worded("%(count)s loket dibuka."), "desks.all_desks", worded("Atur loket")
    ),
    Step.OFFICERS: StepWords(
        worded("Petugas"),
        worded("%(count)s petugas."),
        "officers.all_officers",
        worded("Daftarkan petugas"),
    ),
    Step.ROSTER: StepWords(
        worded("Jadwal tetap"),
        worded("Setiap loket punya jadwal tetap."),
        "duty_calendar.week",
        worded("Susun jadwal"),
    ),
    Step.QUESTIONNAIRE: StepWords(
        worded("Kuesioner dan warna"),
        worded("Sudah disesuaikan dengan unit ini."),
        "questionnaire.edit",
        worded("Lihat kuesioner"),
    ),
    Step.PRINT: StepWords(
        worded("Poster dan karcis"),
        worded("Sudah pernah dicetak."),
        "desks.all_desks",
        worded("Cetak poster"),
    ),
    Step.FIRST_RATING: StepWords(
        worded("Penilaian pertama"),
        worded("Penilaian sudah masuk."),
        "set_up.guide",
        worded("Lihat kode QR loket"),
    ),
    Step.ACCOUNTS: StepWords(
        worded("Akun kepala unit dan kepegawaian"),
        worded("Kepala unit dan kepegawaian sudah punya akun."),
        "accounts.new",
        worded("Undang mereka"),
        of_unit=False,
    ),
}

LACKS: Mapping[Lack, str] = {
    Lack.UNIT_OFF: worded("Unit ini nonaktif, jadi tidak menerima penilaian."),
    Lack.NO_SERVICE: worded("Belum ada layanan. Tambahkan yang diberikan unit ini."),
    Lack.NO_DESK: worded("Belum ada loket yang dibuka. Setiap loket mendapat kode QR sendiri."),
    Lack.NO_OFFICER: worded("Belum ada petugas. Tanpa petugas, penilaian hanya untuk loket."),
    Lack.DESKS_WITHOUT_ROSTER: worded(
        "%(count)s loket belum dijadwalkan. Penilaiannya belum menjadi milik petugas."
    ),
    Lack.OWN_WORDS: worded("Boleh dilewati: urutan resmi dan warna bawaan sudah berlaku."),
    Lack.NOT_PRINTED: worded("Cetak dan pasang poster di setiap loket, atau bagikan karcis."),
    Lack.NO_RESPONSE: worded(
        "Pindai satu kode QR di bawah dengan ponsel dan beri nilai. Penilaian pertama ikut "
        "dihitung, jadi berikan yang sungguh-sungguh."
    ),
    Lack.NO_HEAD: worded("Kepala unit belum punya akun."),
    Lack.NO_HR: worded("Kepegawaian belum punya akun."),
    Lack.NO_HEAD_NO_HR: worded("Kepala unit dan kepegawaian belum punya akun."),
}
