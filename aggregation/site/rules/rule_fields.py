"""Fields of the rule's form: numbers as people write them, with a comma or a point."""

import re
from decimal import Decimal
from typing import Any

from wtforms import Form, StringField, ValidationError
from wtforms.fields.core import Field
from wtforms.widgets import ListWidget, RadioInput

from aggregation.site.rules.rule_words import written
from aggregation.site.set_up.set_up_fields import ListField
from survey.language import worded
from survey.spoken import spoken

_WHOLE = re.compile(r"[0-9]{1,5}")
_DECIMAL = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?")


class WholeField(StringField):
    """A whole number; its data are an int, or None if nothing or nonsense was typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed.

        Raises
        ------
        ValueError
            If it is no whole number.
        """
        self.data: Any = None
        typed = "".join(valuelist).strip()
        if typed and not _WHOLE.fullmatch(typed):
            raise ValueError(worded("Tulis angka bulat, misalnya 30."))
        self.data = int(typed) if typed else None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)


class DecimalField(StringField):
    """A number below 1000 with at most two decimals; its data are a Decimal, or None.

    What it shows has no mark of thousands, so it reads back what it wrote.
    """

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed, with a comma or a point.

        Raises
        ------
        ValueError
            If it is no such number.
        """
        self.data: Any = None
        typed = "".join(valuelist).strip()
        found = _DECIMAL.fullmatch(typed)
        if typed and found is None:
            raise ValueError(
                worded("Tulis angka dengan paling banyak dua desimal, misalnya 76,61.")
            )
        if found is not None:
            self.data = Decimal(f"{found[1]}.{found[2] or 0}")

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else written(self.data)


class RoundField(ListField):
    """Round buttons of which one is chosen."""

    widget = ListWidget(prefix_label=False)
    option_widget = RadioInput()


class Between:
    """Asks for a number from one bound to another, both included."""

    def __init__(self, low: str, high: str, *, optional: bool = False) -> None:
        """Take the bounds, written as decimals."""
        self.low, self.high, self.optional = Decimal(low), Decimal(high), optional

    def __call__(self, _form: Form, field: Field) -> None:
        """Say what is wrong with a number.

        Raises
        ------
        ValidationError
            If it is missing or lies outside.
        """
        if field.process_errors:
            return
        if field.data is None:
            if self.optional:
                return
            raise ValidationError(worded("Isi angkanya."))
        if not self.low <= field.data <= self.high:
            sentence = spoken().say(worded("Isi angka dari %(low)s sampai %(high)s."))
            words = {"low": written(self.low), "high": written(self.high)}
            raise ValidationError(sentence % words)
