"""How far an objection has come, in words."""

from collections.abc import Mapping

from aggregation.appraisal.heard_objections import Outcome
from survey.language import worded

OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.WAITING: ("warn", worded("menunggu jawaban")),
    Outcome.REFUSED: ("", worded("ditolak")),
    Outcome.UPHELD: ("warn", worded("dikabulkan, menunggu revisi")),
    Outcome.REVISED: ("ok", worded("dikabulkan dan ditindaklanjuti")),
}
"""Kind of chip and words."""
