"""What the pages say of each kind of sheet, and the form that hands one in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, StringField
from wtforms.validators import Length, Optional

from aggregation.changes.batch import LONGEST_REASON
from survey.language import worded
from survey.questionnaire import ElementOrder


@dataclass(frozen=True, slots=True)
class SheetWords:
    """How one kind of sheet is spoken of.

    Attributes
    ----------
    about
        What its lines are.
    shown_at
        The endpoint of the page that shows what it brings.
    reason
        When a reason is asked for; empty where none is.
    asks_order
        Whether the page asks what U8 and U9 are.
    """

    title: str
    about: str
    shown_at: str
    reason: str = ""
    asks_order: bool = False


WORDS: Mapping[str, SheetWords] = {
    "units": SheetWords(
        worded("Spreadsheet unit"),
        worded("Satu baris untuk setiap unit: unit ini dan unit di bawahnya."),
        "unit_form.edit",
    ),
    "services": SheetWords(
        worded("Spreadsheet layanan"),
        worded("Satu baris untuk setiap jenis layanan unit ini."),
        "services.all_services",
    ),
    "desks": SheetWords(
        worded("Spreadsheet loket"),
        worded("Satu baris untuk setiap loket unit ini, dengan layanannya."),
        "desks.all_desks",
    ),
    "officers": SheetWords(
        worded("Spreadsheet petugas"),
        worded(
            "Satu baris untuk setiap petugas: siapa orangnya, dan sejak kapan di kelompok jabatan, "
            "atasan, dan penilai yang mana."
        ),
        "officers.all_officers",
        worded("Boleh kosong. Disimpan bersama penempatannya."),
    ),
    "duties": SheetWords(
        worded("Spreadsheet jadwal"),
        worded(
            "Satu baris untuk setiap tugas: petugas, loket, dan jamnya, per hari dalam minggu atau "
            "untuk satu tanggal."
        ),
        "duty_calendar.week",
        worded(
            "Wajib untuk satu tanggal dan untuk hari yang sudah lewat, jika kolom ALASAN kosong."
        ),
    ),
    "visits": SheetWords(
        worded("Spreadsheet kunjungan"),
        worded("Satu baris untuk setiap kunjungan, seperti yang dicatat mesin antrean."),
        "visits.all_visits",
        worded("Boleh kosong. Disimpan bersama kunjungannya."),
    ),
    "responses": SheetWords(
        worded("Spreadsheet kuesioner kertas"),
        worded(
            "Satu baris untuk setiap lembar kuesioner. Kumpulkan semua lembar satu hari dalam satu "
            "berkas: baris yang sudah pernah dimuat dikenali dan tidak dihitung dua kali."
        ),
        "paper.typed",
        asks_order=True,
    ),
}
"""By the kind's own name."""


_ORDERS = (
    (ElementOrder.BODY.value, worded("U8 penanganan pengaduan, U9 sarana prasarana")),
    (ElementOrder.ANNEX.value, worded("U8 sarana prasarana, U9 penanganan pengaduan")),
)


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A file to look at, and why."""

    file = FileField(
        worded("Berkas"),
        validators=[FileRequired(worded("Pilih berkas XLSX atau CSV, lalu tekan Periksa."))],
        description=worded("XLSX atau CSV, paling besar 2 MB. Nama berkasnya bebas."),
    )
    order = RadioField(
        worded("Arti U8 dan U9"),
        validators=[Optional()],
        description=worded(
            "Lihat lembar kuesionernya. Urutan yang keliru menukar kedua unsur tanpa tanda apa pun."
        ),
    )
    reason = StringField(
        worded("Alasan"),
        validators=[
            Length(
                max=LONGEST_REASON, message=worded("Terlalu panjang. Pendekkan menjadi 400 huruf.")
            )
        ],
        filters=[lambda text: " ".join((text or "").split())],
    )

    @classmethod
    def beginning_with(cls, order: str) -> Self:
        """Return the form, with an order of the elements chosen unless another one was sent."""
        form = cls(order=order)
        form.order.choices = list(_ORDERS)
        return form
