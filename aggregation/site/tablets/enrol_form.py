"""The form that asks which desk a tablet is to stand at."""

from collections.abc import Sequence

from flask_wtf import FlaskForm

from aggregation.site.set_up.set_up_fields import ListField
from survey.desks import RatedDesk
from survey.language import worded


class EnrolForm(FlaskForm):  # type: ignore[misc]
    """Where a new tablet is to stand."""

    desk = ListField(
        worded("Loket"),
        description=worded("Penilaian di tablet itu dihitung untuk loket ini."),
    )

    def offer(self, desks: Sequence[RatedDesk], chosen: str) -> None:
        """Offer the unit's open desks, one of them chosen beforehand."""
        self.desk.choices = [(desk.public_key, desk.name) for desk in desks]
        if not self.is_submitted() and any(chosen == desk.public_key for desk in desks):
            self.desk.data = chosen
