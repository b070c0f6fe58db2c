"""How a statement names things, and how it writes a formula (method §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from aggregation.appraisal.statement_window import Aside
from aggregation.method.component import Proposal
from aggregation.method.worked_formula import Step, Term
from survey.language import Language, worded
from survey.questionnaire import ITEMS, OVERALL, QUICK_ITEM

ELEMENT_NAMES: Mapping[str, str] = {
    OVERALL: QUICK_ITEM.short,
    **{element.value: item.short for element, item in ITEMS.items()},
}
CHANNEL_NAMES: Mapping[str, str] = {
    "kiosk": worded("tablet di loket"),
    "kiosk_qr": worded("kode QR di tablet"),
    "ticket": worded("karcis sekali pakai"),
    "desk_qr": worded("poster QR (bukti lemah)"),
}
PROPOSALS: Mapping[Proposal, str] = {
    Proposal.ABOVE: worded("di atas ekspektasi"),
    Proposal.EXPECTED: worded("sesuai ekspektasi"),
    Proposal.BELOW: worded("di bawah ekspektasi"),
}
STEPS: Mapping[Step, str] = {
    Step.VOICE: worded("x warga pada baris pertama: bobot × nilai, dibagi jumlah bobotnya"),
    Step.SUM: worded("Jumlah x semua warga: kolom terakhir; yang pembaginya sama dijumlahkan dulu"),
    Step.RAW: worded("Indeks mentah: 25 × jumlah x ÷ banyaknya warga"),
    Step.MIX_MEAN: worded("Rata-rata warga unit untuk jenis layanan yang sama"),
    Step.OFFSET: worded("Selisihnya dengan rata-rata unit"),
    Step.LESS_OFFSET: worded("Jumlah x sesudah selisih itu diperhitungkan untuk setiap warga"),
    Step.HELD: worded("Dibatasi: nilai satu warga paling rendah 1 dan paling tinggi 4"),
    # Of how many responses it is the mean is not said: it would give a lone colleague's away.
    Step.SHRUNK: worded("Indeks: seakan ada %(k)s warga lagi yang memberi rata-rata unit, %(mu)s"),
    Step.SAME_VALUE: worded("Nilai komponen: sama dengan indeks"),
    Step.VALUE: worded("Nilai komponen: dari indeks, menurut tabel aturan"),
    Step.CONTRIBUTION: worded("Sumbangan ke penilaian kinerja: bagiannya %(share)s%%"),
}
ASIDE: Mapping[Aside, tuple[str, str]] = {
    Aside.LATE: (
        worded("%(count)s tanggapan terlambat"),
        worded(
            "Diterima sesudah bulannya ditutup, atau bulannya tidak pasti."
            " Hanya revisi yang dapat memasukkannya."
        ),
    ),
    Aside.QUARANTINED: (
        worded("%(count)s tanggapan ditahan"),
        worded(
            "Cara masuknya tidak biasa; nilainya tidak ikut diperiksa."
            " Diputus oleh pemeriksa, bukan oleh atasan langsung."
        ),
    ),
    Aside.CHANNEL: (
        worded("%(count)s tanggapan lewat jalur lain"),
        worded("Menurut aturan, jalur itu tidak dihitung untuk perorangan, hanya untuk unit."),
    ),
    Aside.SILENT: (
        worded("%(count)s tanggapan tanpa jawaban tentang petugas"),
        worded("Tidak satu pun unsur yang dihitung untuk petugas dijawab."),
    ),
    Aside.OUTAGE: (
        worded("%(count)s tanggapan saat gangguan"),
        worded("Menurut aturan, jam gangguan tidak dihitung."),
    ),
}


HEADINGS: Mapping[str, str] = {
    "strengths": worded("Yang dihargai warga"),
    "figure": worded("Angka %(month)s"),
    "origin": worded("Asal angkanya"),
    "asides": worded("Yang tidak dihitung, dan sebabnya"),
    "changes": worded("Apa yang akan mengubah usulan?"),
    "objection": worded("Ada yang tidak sesuai?"),
    "facts": worded("Keterangan lain"),
    "rule": worded("Aturan yang dipakai"),
    "seal": worded("Segel bulan ini"),
}
"""What each section is called."""


@dataclass(frozen=True, slots=True)
class Speech:
    """A language, and whether the officer is the one who reads.

    Attributes
    ----------
    own
        Then sentences say “Anda”.
    """

    language: Language
    own: bool

    def say(self, text: str, **words: str) -> str:
        """Return an Indonesian sentence in the language, with its blanks filled in."""
        return self.language.say(text) % words

    def name(self, text: str) -> str:
        """Return a name in the language, untouched if it was typed by people."""
        return self.language.say(text)

    def either(self, own: str, other: str, **words: str) -> str:
        """Return the sentence for the officer, or the one for another reader."""
        return self.say(own if self.own else other, **words)

    def number(self, number: int) -> str:
        """Write a whole number: 1.046."""
        return self.language.number(number)

    def figure(self, figure: Decimal) -> str:
        """Write a figure with all of its decimals: 84,30."""
        return self.language.figure(figure).replace("-", "−")

    def short(self, figure: Decimal) -> str:
        """Write a number without trailing zeros: 7,5."""
        return self.figure(Decimal(f"{figure.normalize():f}"))

    def expression(self, terms: Sequence[Term]) -> str:
        """Write an expression as it is typed into a calculator: 25 × (3,5 + 1) ÷ 2."""
        spelled = " ".join(self._term(term) for term in terms)
        return spelled.replace("( ", "(").replace(" )", ")")

    def _term(self, term: Term) -> str:
        if isinstance(term, str):
            return term
        return self.number(term) if isinstance(term, int) else self.figure(term)
