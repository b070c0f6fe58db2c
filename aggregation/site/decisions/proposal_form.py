"""The form that changes a proposal, and what every decision says it was based on."""

from uuid import UUID

from flask import request
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import AnyOf
from wtforms.widgets import TextArea

from aggregation.appraisal.decisions import Seen
from aggregation.changes.batch import LONGEST_REASON
from aggregation.method.component import Proposal
from aggregation.site.decisions.proposal_words import PROPOSALS
from aggregation.site.set_up.set_up_fields import AtMost
from survey.language import worded

_LONGEST_REVISION = 4


class ChangeForm(FlaskForm):  # type: ignore[misc]
    """What is decided instead, and why."""

    decision = StringField(
        worded("Keputusan"), [AnyOf(list(PROPOSALS), worded("Pilih satu dari tiga."))]
    )
    reason = StringField(
        worded("Alasan perubahan"),
        [AtMost(LONGEST_REASON)],
        filters=[lambda text: " ".join((text or "").split())],
        widget=TextArea(),
    )


def what_was_seen() -> Seen | None:
    """Return what the form that was sent had in view; None if it does not say so sensibly."""
    revision, last = request.form.get("revision", ""), request.form.get("last", "")
    proposal = request.form.get("proposal", "")
    if proposal not in list(Proposal) or not revision.isdecimal():
        return None
    try:
        known = UUID(last) if last else None
    except ValueError:
        return None
    return Seen(int(revision), proposal, known) if len(revision) <= _LONGEST_REVISION else None
