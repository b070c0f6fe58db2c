"""The forms of a unit: a new one, and one that is there."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    ColorField,
    FormField,
    RadioField,
    StringField,
    ValidationError,
)

from aggregation.office.codes import LONGEST_CODE
from aggregation.office.unit_edits import UnitFacts
from aggregation.office.unit_lines import LONGEST_NAME
from aggregation.site.set_up.hours_fields import WeekFields
from aggregation.site.set_up.set_up_fields import (
    AtMost,
    BoxesField,
    ListField,
    languages_field,
    line,
    of_the_installation,
    offer_languages,
)
from survey.accent import OURS
from survey.language import worded
from survey.month import UnknownTimeZone, time_zone
from survey.opening_hours import OpeningHours
from survey.services import DISDUKCAPIL, NamedService
from survey.spoken import spoken
from survey.units import Unit

TOP = 0
"""What stands for no parent in a list; no unit has it as its key."""

_OTHER = "other"
_ZONES = {
    "Asia/Jakarta": worded("WIB: Sumatra, Jawa, Kalimantan Barat dan Tengah"),
    "Asia/Makassar": worded("WITA: Bali, Nusa Tenggara, Sulawesi, Kalimantan lainnya"),
    "Asia/Jayapura": worded("WIT: Maluku dan Papua"),
    _OTHER: worded("Zona lain"),
}

ParentChoices = Sequence[tuple[int, str]]


class _UnitForm(FlaskForm):  # type: ignore[misc]
    """What every form of a unit asks for."""

    name = line(
        worded("Nama unit"),
        LONGEST_NAME,
        missing=worded("Isi nama unit."),
        hint=worded("Seperti yang tertulis di papan nama kantor."),
    )
    parent = ListField(
        worded("Unit induk"),
        coerce=int,
        description=worded("Yang berwenang atas unit induk juga berwenang atas unit ini."),
    )
    zone = RadioField(
        worded("Zona waktu"),
        description=worded("Tidak dapat diganti setelah ada penilaian."),
    )
    other_zone = StringField(
        worded("Nama zona lain"),
        [AtMost(64)],
        description=worded("Hanya bila memilih zona lain, misalnya Asia/Pontianak."),
    )
    languages = languages_field()

    def offer(self, parents: ParentChoices, zone: str, languages: Sequence[str]) -> None:
        """Offer parents, zones and languages, and fill them in before anything is typed."""
        say = spoken().say
        offer_languages(self.languages)
        self.parent.choices = list(parents)
        self.zone.choices = [(name, say(words)) for name, words in _ZONES.items()]
        if not self.is_submitted():
            known = zone in _ZONES
            self.zone.data = zone if known else _OTHER
            self.other_zone.data = "" if known else zone
            self.languages.data = of_the_installation(languages)

    def validate_other_zone(self, field: StringField) -> None:
        """Ask for a known zone where none of the three is chosen."""
        if self.zone.data != _OTHER:
            return
        try:
            time_zone((field.data or "").strip())
        except UnknownTimeZone as error:
            message = worded("Zona ini tidak dikenal. Tulis seperti Asia/Pontianak.")
            raise ValidationError(message) from error

    def chosen_zone(self) -> str:
        """Return the zone of a form that has passed."""
        chosen = self.zone.data
        return time_zone((self.other_zone.data or "").strip()).key if chosen == _OTHER else chosen


class NewUnitForm(_UnitForm):
    """A unit that is yet to be."""

    code = StringField(
        worded("Kode unit"),
        [AtMost(LONGEST_CODE)],
        description=worded(
            "Huruf, angka, dan tanda hubung. Kosongkan agar dibuat dari nama. "
            "Kode tidak dapat diganti: alamat halaman dan spreadsheet memakainya."
        ),
    )
    services = BoxesField(
        worded("Layanan"),
        description=worded("Layanan Disdukcapil sudah dicentang. Buang yang tidak diberikan."),
    )

    def offer_services(self) -> None:
        """Offer what an office of civil registration gives, all ticked."""
        self.services.choices = [(service.code, service.name) for service in DISDUKCAPIL]
        if not self.is_submitted():
            self.services.data = [service.code for service in DISDUKCAPIL]

    def chosen_services(self) -> list[NamedService]:
        """Return the services of a form that has passed."""
        return [service for service in DISDUKCAPIL if service.code in (self.services.data or ())]

    def facts(self) -> UnitFacts:
        """Return what a form that has passed says."""
        return UnitFacts(
            self.name.data,
            self.parent.data or None,
            self.chosen_zone(),
            tuple(self.languages.data),
        )


class EditUnitForm(_UnitForm):
    """A unit that is there."""

    own_accent = BooleanField(worded("Pakai warna sendiri untuk tombol dan tautan"))
    accent = ColorField(
        worded("Warna"),
        description=worded("Harus cukup gelap agar tulisan putih di atasnya terbaca."),
    )
    active = BooleanField(worded("Unit ini melayani warga"))
    hours = FormField(WeekFields, worded("Jam buka"))

    def fill(self, unit: Unit, hours: OpeningHours | None) -> None:
        """Fill in what a unit is, before anything is typed."""
        if not self.is_submitted():
            self.name.data, self.active.data = unit.name, unit.active
            self.parent.data = unit.parent_id or TOP
            self.own_accent.data = unit.accent is not None
            self.accent.data = unit.accent or OURS.light.accent
            self.hours.form.fill(hours)

    def settle(self, *, may_move: bool, may_change_zone: bool) -> None:
        """Leave out what cannot be changed; the page says why."""
        if not may_move:
            del self.parent
        if not may_change_zone:
            del self.zone
            del self.other_zone

    def facts(self, unit: Unit) -> UnitFacts:
        """Return what a form that has passed says; what was left out stays as it is."""
        return UnitFacts(
            self.name.data,
            self.parent.data or None if "parent" in self else unit.parent_id,
            self.chosen_zone() if "zone" in self else unit.time_zone,
            tuple(self.languages.data),
            (self.accent.data or "").lower() if self.own_accent.data else None,
            self.active.data,
            self.hours.form.hours(),
        )
