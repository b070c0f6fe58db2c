"""The corners of the conversion on the form, row by row."""

from typing import Any

from wtforms import Form

from aggregation.site.rules.rule_fields import Between, DecimalField
from aggregation.site.telling import complain
from survey.language import worded


class CornerForm(Form):
    """One corner of the conversion; both empty is none."""

    points = DecimalField(worded("Indeks"), [Between("25", "100", optional=True)])
    value = DecimalField(worded("Nilai komponen"), [Between("0", "999", optional=True)])

    def is_empty(self) -> bool:
        """Say whether nothing was typed."""
        return not any(
            field.data is not None or field.errors for field in (self.points, self.value)
        )

    def follow(self, above: "CornerForm | None") -> None:
        """Check that both numbers are there, and that they rise from the corner above."""
        if self.errors:
            return
        if self.points.data is None or self.value.data is None:
            complain(self.points, worded("Isi kedua angkanya, atau kosongkan keduanya."))
        elif above and are_valid(above.points) and self.points.data <= above.points.data:
            complain(self.points, worded("Indeks harus lebih besar dari titik di atasnya."))
        elif above and are_valid(above.value) and self.value.data < above.value.data:
            complain(self.value, worded("Nilai tidak boleh turun dari titik di atasnya."))


def are_valid(*fields: Any) -> bool:  # noqa: ANN401 - fields of a form
    """Say whether fields hold something and nothing is wrong with them."""
    return not any(field.errors or field.data is None for field in fields)
