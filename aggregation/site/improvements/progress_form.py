"""The forms of one action: how it goes, and files that prove it."""

from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, MultipleFileField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import AnyOf

from aggregation.improvements.models import Progress
from aggregation.improvements.planning import LONGEST_RESPONSIBLE
from aggregation.improvements.progress import LONGEST_TOLD, Told
from aggregation.improvements.register import RegisterLine
from aggregation.site.duties.duty_fields import DayField
from aggregation.site.improvements.improvement_words import STEPS
from aggregation.site.improvements.typed_lines import long_line
from aggregation.site.set_up.set_up_fields import line
from aggregation.site.telling import complain
from survey.language import worded

NOTHING_SEEN = "-"


class ProgressForm(FlaskForm):  # type: ignore[misc]
    """A dated fact about an action."""

    progress = RadioField(
        worded("Keadaannya sekarang"),
        [AnyOf([each.value for each in Progress], message=worded("Pilih salah satu."))],
        validate_choice=False,
    )
    done_on = DayField(
        worded("Selesai pada tanggal"), description=worded("Hanya bila sudah selesai.")
    )
    text = long_line(
        worded("Apa yang dilakukan"),
        LONGEST_TOLD,
        hint=worded("Wajib bila selesai; bila dibatalkan, tulis alasannya."),
    )
    is_public = BooleanField(worded("Tampilkan tulisan ini kepada warga setelah selesai"))
    due_on = DayField(
        worded("Tenggat baru"), description=worded("Kosongkan bila tenggatnya tetap.")
    )
    responsible = line(
        worded("Penanggung jawab baru"),
        LONGEST_RESPONSIBLE,
        hint=worded("Kosongkan bila penanggung jawabnya tetap."),
    )
    seen = HiddenField()

    def offer(self, shown: RegisterLine) -> None:
        """Offer what may be told of an action that stands where this one does."""
        offered = list(Progress)
        if shown.progress is not Progress.PLANNED:
            offered.remove(Progress.PLANNED)
        self.progress.choices = [SelectChoice(each.value, STEPS[each]) for each in offered]

    def fill(self, shown: RegisterLine) -> None:
        """Begin with where the action stands."""
        self.progress.data = (Progress.DONE if shown.done_on else Progress.RUNNING).value
        self.done_on.data = shown.done_on
        self.is_public.data = bool(shown.said)
        self.seen.data = NOTHING_SEEN if shown.seen is None else str(shown.seen)

    def seen_step(self) -> UUID | None:
        """Return the newest fact that the page showed; one that cannot be is like an old one."""
        try:
            return None if self.seen.data == NOTHING_SEEN else UUID(self.seen.data)
        except (ValueError, TypeError):
            return UUID(int=0)

    def told(self) -> Told:
        """Return what was filled in; a day of the end counts only at the end."""
        progress = Progress(self.progress.data)
        is_done = progress is Progress.DONE
        return Told(
            progress=progress,
            text=self.text.data,
            done_on=self.done_on.data if is_done else None,
            is_public=is_done and self.is_public.data,
            due_on=self.due_on.data,
            responsible=self.responsible.data or None,
        )

    def refuse(self, field: str, sentence: str) -> None:
        """Put a sentence beside a field."""
        complain(getattr(self, field), sentence)


class ProofForm(FlaskForm):  # type: ignore[misc]
    """Files that prove an action."""

    files = MultipleFileField(
        worded("Tambah bukti"),
        description=worded(
            "PDF atau foto (JPEG, PNG, WEBP), paling besar 2 MB tiap berkas dan 4 MB sekali kirim."
            " Tempat dan waktu pengambilan foto dihapus sebelum disimpan."
        ),
    )
