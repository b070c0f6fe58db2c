"""Longer texts on one line, typed into a box of several."""

from typing import Any

from wtforms import TextAreaField
from wtforms.validators import DataRequired

from aggregation.site.set_up.set_up_fields import AtMost


def long_line(label: str, longest: int, *, missing: str | None = None, hint: str = "") -> Any:  # noqa: ANN401 - a field that its form is yet to bind
    """Return a field for a text whose line ends become blanks.

    Parameters
    ----------
    missing
        What is said when it is empty; None where it may be.
    """
    needed = [] if missing is None else [DataRequired(missing)]
    return TextAreaField(
        label,
        [*needed, AtMost(longest)],
        description=hint,
        filters=[lambda text: " ".join((text or "").split())],
    )
