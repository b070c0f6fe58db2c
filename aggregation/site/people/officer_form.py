"""The form of one officer: its fields are the columns of the sheet, and so are its rules."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length
from wtforms.widgets import DateInput

from aggregation.changes.batch import LONGEST_REASON
from aggregation.people.officer_lines import (
    ASSESSOR,
    ENDS,
    HEAD,
    JOB_GROUP,
    NAME,
    NIP,
    STAFF_NUMBER,
    STARTS,
    STATUS,
)
from aggregation.sheets.sheet_import import SheetRefused
from survey.language import worded

FIELDS: Mapping[str, str] = {
    "name": NAME,
    "nip": NIP,
    "staff_number": STAFF_NUMBER,
    "employment": STATUS,
    "job_group": JOB_GROUP,
    "head": HEAD,
    "assessor": ASSESSOR,
    "starts_on": STARTS,
    "ends_on": ENDS,
}
"""Field to column."""

EMPLOYMENTS = (("PNS", "PNS"), ("PPPK", "PPPK"), ("NON ASN", "Non-ASN"))

_LONGEST_REASON = Length(
    max=LONGEST_REASON, message=worded("Terlalu panjang. Pendekkan menjadi 400 huruf.")
)


class OfficerForm(FlaskForm):  # type: ignore[misc]
    """Who an officer is, and where the officer belongs from a day on."""

    name = StringField(worded("Nama lengkap"), description=worded("Dengan gelar, seperti di SK."))
    employment = SelectField(
        worded("Status kepegawaian"),
        choices=[SelectChoice(*each) for each in (("", "–"), *EMPLOYMENTS)],
        validate_choice=False,
    )
    nip = StringField(
        worded("NIP"),
        description=worded("18 angka; spasi boleh. Kosongkan untuk non-ASN."),
    )
    staff_number = StringField(
        worded("Nomor pegawai"),
        description=worded("Nomor buatan kantor, seperti HL-021. Wajib untuk non-ASN."),
    )
    job_group = StringField(
        worded("Kelompok jabatan"), description=worded("Seperti Operator SIAK. Boleh kosong.")
    )
    head = StringField(
        worded("Atasan langsung"),
        description=worded("NIP atau nomor pegawainya; pilih dari daftar atau ketik."),
    )
    assessor = StringField(
        worded("Pejabat penilai"),
        description=worded("NIP atau nomor pegawainya; pilih dari daftar atau ketik."),
    )
    starts_on = StringField(
        worded("Berlaku mulai"),
        widget=DateInput(),
        description=worded(
            "Tulis hari lain jika jabatan, atasan, atau penilai berganti; yang lama tetap tercatat."
        ),
    )
    ends_on = StringField(
        worded("Sampai"), widget=DateInput(), description=worded("Kosongkan jika belum diketahui.")
    )
    reason = StringField(
        worded("Alasan"),
        validators=[_LONGEST_REASON],
        description=worded("Boleh kosong. Seperti nomor SK."),
        filters=[lambda text: " ".join((text or "").split())],
    )

    def cells(self) -> dict[str, str]:
        """Return what was typed, by column, as a line of the sheet would hold it."""
        return {column: (self[field].data or "").strip() for field, column in FIELDS.items()}

    def show(self, refused: SheetRefused) -> None:
        """Put what is wrong beside the fields it is about."""
        by_column = {column: field for field, column in FIELDS.items()}
        for complaint in refused.complaints:
            self[by_column[complaint.column]].errors = [sentence(complaint.text)]


class StopForm(FlaskForm):  # type: ignore[misc]
    """The last day of somebody's service in the unit."""

    last_day = StringField(
        worded("Hari terakhir bertugas"),
        validators=[InputRequired(worded("Isi hari terakhirnya."))],
        widget=DateInput(),
    )
    stop_reason = StringField(
        worded("Alasan berhenti"),
        validators=[_LONGEST_REASON],
        description=worded("Boleh kosong. Seperti pensiun atau pindah tugas."),
        filters=[lambda text: " ".join((text or "").split())],
    )


def sentence(text: str) -> str:
    """Return what a sheet's line is refused for as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:]}."
