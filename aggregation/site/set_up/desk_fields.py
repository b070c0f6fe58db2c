"""The forms of a desk: a new one, and one that is there."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from sqlmodel import Session, col, select
from wtforms import BooleanField, RadioField

from aggregation.duties.duty_lines import HALL
from aggregation.office.desk_edits import (
    DeskFacts,
    DeskNameInUse,
    ResponsesWouldMove,
    UnitSwitchedOff,
)
from aggregation.office.desks import LONGEST_ABOUT, LONGEST_NAME
from aggregation.site.set_up.set_up_fields import BoxesField, ListField, line
from aggregation.site.telling import complain
from survey.language import worded
from survey.models import Desk, DeskService, Service
from survey.set_up import service_ids_of
from survey.spoken import spoken

KINDS = {
    "counter": worded("Loket"),
    HALL: worded("Ruang bersama"),
    "mobile": worded("Tim keliling"),
    "online": worded("Layanan daring"),
}
_OPENINGS = {
    "faces": worded("Empat wajah, lalu sembilan pertanyaan bila warga mau"),
    "skm": worded("Langsung sembilan pertanyaan"),
}

ServiceChoices = Sequence[tuple[int, str]]


class NewDeskForm(FlaskForm):  # type: ignore[misc]
    """A desk that is yet to be."""

    name = line(
        worded("Nama loket"),
        LONGEST_NAME,
        missing=worded("Isi nama loket."),
        hint=worded("Seperti yang tertulis di papan loket."),
    )
    kind = ListField(
        worded("Jenis"),
        default="counter",
        description=worded("Penilaian di ruang bersama tidak menjadi milik satu petugas."),
    )
    services = BoxesField(
        worded("Layanan di loket ini"),
        coerce=int,
        description=worded("Tanpa centang berarti semua layanan."),
    )

    def offer(self, services: ServiceChoices) -> None:
        """Offer the kinds of desk, and the unit's services."""
        self.kind.choices = [(kind, spoken().say(words)) for kind, words in KINDS.items()]
        self.services.choices = list(services)

    def facts(self) -> DeskFacts:
        """Return what a form that has passed says."""
        return DeskFacts(
            self.name.data, kind=self.kind.data, service_ids=tuple(self.services.data or ())
        )

    def refuse(self, reason: Exception) -> None:
        """Put the reason for which the desk is not kept beside its field."""
        match reason:
            case DeskNameInUse():
                sentence = worded(
                    "“%(name)s” sudah ada di unit ini. Pakai nama lain, misalnya “%(free)s”."
                )
                complain(self.name, sentence, name=str(reason), free=reason.free)
            case ResponsesWouldMove():
                sentence = worded(
                    "Loket ini sudah dinilai pada %(month)s, yang belum ditutup. Tutup bulan itu "
                    "dahulu, atau tambahkan loket baru."
                )
                complain(self.kind, sentence, month=spoken().month(reason.month))
            case UnitSwitchedOff():
                self.form_errors.append(
                    worded("Unit ini sedang nonaktif. Aktifkan unitnya dahulu.")
                )
            case _:
                raise reason


class EditDeskForm(NewDeskForm):
    """A desk that is there."""

    about = line(
        worded("Keterangan"),
        LONGEST_ABOUT,
        hint=worded("Boleh kosong. Tampil di bawah nama loket, misalnya KTP-el dan KK."),
    )
    opens_with = RadioField(worded("Yang pertama dilihat warga"))
    active = BooleanField(worded("Loket ini dibuka dan menerima penilaian"))

    def offer(self, services: ServiceChoices) -> None:
        """Offer also what the page may begin with."""
        super().offer(services)
        say = spoken().say
        self.opens_with.choices = [(each, say(words)) for each, words in _OPENINGS.items()]

    def facts(self) -> DeskFacts:
        """Return what a form that has passed says."""
        return DeskFacts(
            self.name.data,
            self.about.data,
            self.kind.data,
            self.opens_with.data,
            tuple(self.services.data or ()),
            self.active.data,
        )


def now(session: Session, desk: Desk) -> dict[str, object]:
    """Return what a desk is, as its form is filled in with it."""
    return {
        "name": desk.name,
        "about": desk.about,
        "kind": desk.kind,
        "opens_with": desk.opens_with,
        "services": sorted(service_ids_of(session, desk.id or 0)),
        "active": desk.active,
    }


def services_to_offer(session: Session, unit_id: int, desk_id: int = 0) -> ServiceChoices:
    """Return key and name of the services that a unit gives, and of others that a desk names."""
    named = select(DeskService.service_id).where(col(DeskService.desk_id) == desk_id)
    rows = session.exec(
        select(Service.id, Service.name)
        .where(col(Service.unit_id) == unit_id, col(Service.active) | col(Service.id).in_(named))
        .order_by(col(Service.id))
    )
    return [(id_ or 0, name) for id_, name in rows]
