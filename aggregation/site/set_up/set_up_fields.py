"""Fields that the forms of set-up share: a line of text, boxes to tick, a list to choose from."""

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import Form, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields.core import Field
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from survey.language import NAMES, worded
from survey.site import here
from survey.spoken import spoken

Validator = Callable[[Any, Any], None]

_NOT_OFFERED = worded("Pilih dari daftar.")
_OUR_WORDS: dict[str, Any] = {
    "invalid_value_message": _NOT_OFFERED,
    "invalid_choice_message": _NOT_OFFERED,
}


class AtMost:
    """Asks for a text on one line, of so many letters at most, that can be seen and printed."""

    def __init__(self, longest: int) -> None:
        """Take the column's length."""
        self.longest = longest

    def __call__(self, _form: Form, field: Field) -> None:
        """Say what is wrong with a text.

        Raises
        ------
        ValidationError
            If something is.
        """
        text = field.data or ""
        if len(text) > self.longest:
            sentence = spoken().say(worded("Paling panjang %(most)s huruf. Mohon dipendekkan."))
            raise ValidationError(sentence % {"most": self.longest})
        if not text.isprintable():
            raise ValidationError(worded("Isinya memuat tanda yang tidak terlihat. Ketik ulang."))


class Within(NumberRange):
    """Asks for a number within bounds, however many digits were typed."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        """Say that a number lies outside.

        Raises
        ------
        ValidationError
            If it does.
        """
        try:
            super().__call__(form, field)
        except OverflowError as error:
            raise ValidationError(self.message or "") from error


def line(
    label: str,
    longest: int,
    *,
    missing: str | None = None,
    hint: str = "",
    also: Sequence[Validator] = (),
) -> Any:  # noqa: ANN401 - a field that its form is yet to bind
    """Return a field for a text on one line.

    Parameters
    ----------
    missing
        What is said when it is empty; None where it may be.
    also
        What else checks it.
    """
    needed = [] if missing is None else [DataRequired(missing)]
    return StringField(
        label,
        [*needed, AtMost(longest), *also],
        description=hint,
        filters=[lambda text: " ".join((text or "").split())],
    )


class BoxesField(SelectMultipleField):
    """A set of boxes, any number of which may be ticked."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as WTForms has them
        """Say in our own words that something else came."""
        super().__init__(*args, **(_OUR_WORDS | options))

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was ticked, each once."""
        super().process_formdata(list(dict.fromkeys(valuelist)))


class ListField(SelectField):
    """A list of which one is chosen."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as WTForms has them
        """Say in our own words that something else came."""
        super().__init__(*args, **(_OUR_WORDS | options))


def languages_field() -> Any:  # noqa: ANN401 - a field that its form is yet to bind
    """Return the field for the languages that citizens are offered."""
    return BoxesField(
        worded("Bahasa untuk warga"),
        [InputRequired(worded("Pilih paling sedikit satu bahasa."))],
        description=worded("Bahasa pertama yang dicentang tampil lebih dulu."),
    )


def offer_languages(field: BoxesField) -> None:
    """Offer the languages of the installation, by their own names."""
    field.choices = [(code, NAMES[code]) for code in here().settings.languages]


def of_the_installation(languages: Sequence[str]) -> list[str]:
    """Return those of a unit's languages that the installation has; else all that it has."""
    offered = here().settings.languages
    return [code for code in languages if code in offered] or list(offered)
