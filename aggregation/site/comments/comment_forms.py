"""Forms of what is done with a comment."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from aggregation.changes.batch import LONGEST_REASON
from aggregation.comments.models import CommentAct
from aggregation.comments.steps import LONGEST_ANSWER, LONGEST_ASSIGNEE, Step
from aggregation.masking.readable import readable, says_something
from aggregation.site.telling import complain
from survey.language import worded
from survey.questionnaire import ITEMS, Element

_UNSEEN = UUID(int=0)
"""No step has this key: a form that was tampered with has seen nothing that there is."""


class StepForm(FlaskForm):  # type: ignore[misc]
    """One step: which, after which other, and what it says."""

    act = HiddenField()
    seen = HiddenField()
    assignee = StringField(
        worded("Siapa yang menanganinya"),
        [
            Length(
                max=LONGEST_ASSIGNEE,
                message=worded("Persingkat namanya, paling panjang 80 huruf."),
            )
        ],
        description=worded("Jabatan atau bagian, misalnya Subbagian Umum."),
    )
    answer = TextAreaField(
        worded("Jawaban untuk umum"),
        [
            Length(
                max=LONGEST_ANSWER,
                message=worded("Persingkat jawabannya, paling panjang 1.000 huruf."),
            )
        ],
        description=worded(
            "Dibaca siapa saja pada publikasi berikutnya. Jangan menyebut nama orang."
        ),
    )
    officer = SelectField(worded("Petugas"), validate_choice=False)

    def __init__(self, officers: Sequence[tuple[str, str]], **given: Any) -> None:  # noqa: ANN401
        """Offer a unit's officers, by key and name."""
        super().__init__(**given)
        empty = SelectChoice("", worded("Pilih petugas"))
        self.officer.choices = [empty, *(SelectChoice(key, name) for key, name in officers)]

    def validate(self, **given: Any) -> bool:  # noqa: ANN401 - as wtforms has it
        """Ask for what the step has to say."""
        super().validate(**given)
        if self.step is None:
            complain(self.act, worded("Pilih satu tindakan."))
            return False
        if self.step.act is CommentAct.ASSIGNED and not self.step.text:
            complain(self.assignee, worded("Tulis siapa yang menanganinya."))
        if self.step.act is CommentAct.ANSWERED and not self.step.text:
            complain(self.answer, worded("Tulis jawabannya."))
        if self.step.act is CommentAct.FORWARDED and not self.step.officer:
            complain(self.officer, worded("Pilih petugas yang dipuji."))
        return not self.errors

    @property
    def step(self) -> Step | None:
        """What is to be done; None where the form asks for nothing that there is."""
        try:
            act = CommentAct(self.act.data or "")
        except ValueError:
            return None
        said = {CommentAct.ASSIGNED: self.assignee, CommentAct.ANSWERED: self.answer}.get(act)
        return Step(
            act,
            _key(self.seen.data),
            _said(str(said.data or "")) if said is not None else "",
            str(self.officer.data or "") if act is CommentAct.FORWARDED else "",
        )


class TagForm(FlaskForm):  # type: ignore[misc]
    """Which elements a comment is about."""

    elements = SelectMultipleField(
        worded("Unsur yang dibicarakan"),
        choices=[SelectChoice(e.value, ITEMS[e].short) for e in Element],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    @property
    def chosen(self) -> list[Element]:
        """The elements ticked; what is none is left out."""
        return [element for element in Element if element.value in (self.elements.data or [])]


class RawForm(FlaskForm):  # type: ignore[misc]
    """Why the reviewer reads a citizen's own words."""

    reason = TextAreaField(
        worded("Alasan membaca kata aslinya"),
        [
            Length(
                max=LONGEST_REASON,
                message=worded("Persingkat alasannya, paling panjang 400 huruf."),
            )
        ],
        description=worded("Misalnya: bagian yang disamarkan tampaknya keliru."),
    )

    def validate(self, **given: Any) -> bool:  # noqa: ANN401 - as wtforms has it
        """Ask for a reason."""
        if super().validate(**given) and not self.because:
            complain(self.reason, worded("Tulis alasannya. Alasan ini dicatat."))
        return not self.errors

    @property
    def because(self) -> str:
        """Why."""
        return _said(str(self.reason.data or ""))


def keys_in(values: Sequence[str]) -> list[UUID]:
    """Return the keys among what was sent; what is none is left out."""
    return [key for key in map(_key, values) if key is not None and key != _UNSEEN]


def _said(text: str) -> str:
    """Return what somebody typed as it will be read; nothing where nothing can be read."""
    plain = readable(text)
    return plain if says_something(plain) else ""


def _key(text: str | None) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        return _UNSEEN
