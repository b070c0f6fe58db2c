"""The form of a rule: it starts from the rule in force, and each field says what it does."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, FormField
from wtforms.validators import InputRequired

from aggregation.changes.batch import LONGEST_REASON
from aggregation.method.rule import HIGHEST_INDEX, LOWEST_INDEX, Corner, Rule, Weighted
from aggregation.method.rule_presets import PRESETS, preset_of
from aggregation.rules.rule_book import EVERYBODY
from aggregation.site.rules.conversion_rows import CornerForm, are_valid
from aggregation.site.rules.rule_fields import Between, DecimalField, RoundField, WholeField
from aggregation.site.rules.rule_words import (
    CHANNELS,
    ELEMENTS,
    LABELS,
    PRESET_NAMES,
    elements_in_order,
)
from aggregation.site.set_up.set_up_fields import BoxesField, ListField, line
from aggregation.site.telling import complain
from survey.language import worded
from survey.month import Month
from survey.spoken import spoken

OWN = "own"
"""The choice of corners that the office types itself."""

_ROWS, _MOST_ROWS = 6, 12
_WEIGHT = "weight_"


def _whole(name: str, low: int, high: int, hint: str) -> WholeField:
    return WholeField(LABELS[name], [Between(str(low), str(high))], description=hint)


def _decimal(name: str, low: str, high: str, hint: str) -> DecimalField:
    return DecimalField(LABELS[name], [Between(low, high)], description=hint)


class RuleForm(FlaskForm):  # type: ignore[misc]
    """Everything that a rule holds, for whom, from when and why."""

    job_group = ListField(
        worded("Berlaku untuk"),
        description=worded("Kelompok jabatan dengan aturan sendiri tidak ikut aturan umum lagi."),
    )
    effective_from = ListField(
        worded("Berlaku mulai bulan"),
        description=worded("Aturan tidak pernah berlaku surut, jadi paling awal bulan berjalan."),
    )
    channels = BoxesField(
        LABELS["channels"],
        [InputRequired(worded("Pilih paling sedikit satu jalur."))],
        description=worded(
            "Hanya jalur yang membuktikan kunjungan. Lembar kertas tidak pernah dihitung "
            "untuk petugas."
        ),
    )
    mix_applied = BooleanField(
        worded("Kurangkan pengaruh perbedaan jenis layanan dari nilai"),
        description=worded(
            "Sebagian layanan lebih lambat untuk siapa pun. Selisihnya selalu ditampilkan."
        ),
    )
    outages_counted = BooleanField(
        worded("Hitung juga penilaian pada jam gangguan"),
        description=worded("Angka dengan dan tanpa jam itu selalu ditampilkan."),
    )
    window_months = _whole("window_months", 1, 24, worded("Banyaknya bulan tertutup, 1 sampai 24."))
    shrinkage_k = _whole(
        "shrinkage_k",
        0,
        10_000,
        worded(
            "Makin besar k, makin dekat nilai petugas bertanggapan sedikit ke rata-rata unit. "
            "0 berarti tanpa penyeimbang."
        ),
    )
    design_effect = _decimal(
        "design_effect",
        "1",
        "2",
        worded("1 bila warga menilai sendiri-sendiri; sampai 2 bila mereka datang berombongan."),
    )
    minimum_n = _whole("minimum_n", 1, 10_000, worded("Di bawah ini tidak ada angka sama sekali."))
    publishable_n = _whole(
        "publishable_n", 1, 10_000, worded("Di bawah ini kepegawaian tidak menerima angka.")
    )
    publishable_half_width = _decimal(
        "publishable_half_width",
        "0.01",
        "37.5",
        worded("Setengah lebar rentang 95 %, dalam poin indeks."),
    )
    minimum_coverage = DecimalField(
        LABELS["minimum_coverage"],
        [Between("0", "100", optional=True)],
        description=worded("Persen kunjungan yang dinilai. Kosongkan bila tidak disyaratkan."),
    )
    target_index = _decimal(
        "target_index", "25", "100", worded("Di bawah ini berarti belum memenuhi harapan.")
    )
    excellence_index = _decimal(
        "excellence_index", "25", "100", worded("Mulai dari sini berarti melebihi harapan.")
    )
    proposal_n = _whole(
        "proposal_n", 1, 10_000, worded("Dengan n lebih kecil, usulannya selalu sesuai ekspektasi.")
    )
    preset = RoundField(
        LABELS["conversion"], description=worded("Nilai di antara dua titik ditarik lurus.")
    )
    corners = FieldList(FormField(CornerForm), min_entries=_ROWS, max_entries=_MOST_ROWS)
    share_percent = _decimal(
        "share_percent", "0", "100", worded("Persen. Sumbangan = bagian × nilai komponen ÷ 100.")
    )
    objection_days = _whole(
        "objection_days",
        0,
        365,
        worded("Hari sesudah bulan ditutup, selama petugas dapat keberatan."),
    )
    reason = line(
        worded("Dasar atau alasan"),
        LONGEST_REASON,
        missing=worded("Tulis dasar aturan ini, misalnya nomor surat keputusan."),
        hint=worded("Dibaca oleh penyetuju dan semua pegawai, misalnya nomor surat keputusan."),
    )

    def offer(self, groups: Sequence[str], months: Sequence[Month]) -> None:
        """Offer what there is to choose."""
        say = spoken().say
        self.job_group.choices = [
            (EVERYBODY, say(worded("Semua petugas"))),
            *((group, group) for group in groups),
        ]
        self.effective_from.choices = [(str(month), spoken().month(month)) for month in months]
        self.channels.choices = [(code, say(name)) for code, name in CHANNELS.items()]
        self.preset.choices = [
            *((preset.value, say(name)) for preset, name in PRESET_NAMES.items()),
            (OWN, say(worded("Titik sendiri, seperti di bawah"))),
        ]

    def start_from(self, rule: Rule) -> None:
        """Fill in a rule's values; what was sent goes before."""
        for name in _PLAIN:
            self[name].data = getattr(rule, name)
        self.channels.data = list(rule.channels)
        floor = rule.minimum_coverage
        self.minimum_coverage.data = None if floor is None else 100 * floor
        weights = dict(rule.elements)
        for code, field in self.weights():
            field.data = weights.get(code, 0)
        self.preset.data = preset_of(rule.conversion) or OWN
        for entry, corner in zip(self._rows_for(rule.conversion), rule.conversion, strict=False):
            entry.form.points.data, entry.form.value.data = corner

    def weights(self) -> list[tuple[str, WholeField]]:
        """Return the field of each element's weight."""
        return [(code, self[_WEIGHT + code.lower()]) for code in elements_in_order()]

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - as WTForms has it
        """Check each field, and then what two fields say together."""
        super().validate(extra_validators)
        least, enough = self.minimum_n, self.publishable_n
        if are_valid(least, enough) and enough.data < least.data:
            complain(
                enough,
                worded("Tidak boleh kurang dari jumlah tanggapan agar petugas melihat angkanya."),
            )
        target, excellence = self.target_index, self.excellence_index
        if are_valid(target, excellence) and excellence.data < target.data:
            complain(excellence, worded("Tidak boleh di bawah indeks sasaran."))
        if not any(field.data or field.errors for _, field in self.weights()):
            complain(self.weights()[0][1], worded("Beri bobot pada paling sedikit satu unsur."))
        if self.preset.data == OWN:
            self._check_corners()
        return not self.errors

    def values(self) -> Mapping[str, Any]:
        """Return the rule's values of a form that has passed."""
        floor = self.minimum_coverage.data
        return {
            **{name: self[name].data for name in _PLAIN},
            "elements": tuple(
                Weighted(code, field.data) for code, field in self.weights() if field.data
            ),
            "channels": tuple(code for code in CHANNELS if code in (self.channels.data or ())),
            "minimum_coverage": None if floor is None else floor / 100,
            "conversion": self._conversion(),
        }

    def _conversion(self) -> tuple[Corner, ...]:
        if self.preset.data != OWN:
            return next(corners for name, corners in PRESETS.items() if name == self.preset.data)
        typed = [(each.form.points.data, each.form.value.data) for each in self.corners]
        return tuple(Corner(*pair) for pair in typed if None not in pair)

    def _check_corners(self) -> None:
        """Check the corners line by line: both numbers, rising, from 25 to 100."""
        rows = [each.form for each in self.corners if not each.form.is_empty()]
        for above, row in zip([None, *rows], rows, strict=False):
            row.follow(above)
        self.corners.errors = [each.form.errors for each in self.corners if each.form.errors]
        ends = [row.points.data for row in (*rows[:1], *rows[-1:])]
        if ends != [LOWEST_INDEX, HIGHEST_INDEX] and not self.corners.errors:
            complain(self.preset, worded("Titik pertama harus indeks 25 dan titik terakhir 100."))

    def _rows_for(self, corners: Sequence[Corner]) -> Sequence[Any]:
        while len(self.corners) < min(len(corners), _MOST_ROWS):
            self.corners.append_entry()
        return list(self.corners)


_PLAIN = (
    "window_months", "shrinkage_k", "design_effect", "minimum_n", "publishable_n",
    "publishable_half_width", "target_index", "excellence_index", "proposal_n", "share_percent",
    "objection_days", "mix_applied", "outages_counted",
)  # fmt: skip
"""Fields whose data are the rule's values as they are."""

for _code in elements_in_order():
    setattr(
        RuleForm,
        _WEIGHT + _code.lower(),
        WholeField(ELEMENTS[_code], [Between("0", "100", optional=True)]),
    )
