"""The ways through the staff site: each is offered to those who may go there, to nobody else."""

from dataclasses import dataclass

from flask import Flask, g, request, url_for

from aggregation.access.roles import Right
from aggregation.site.guard import may
from survey.language import worded


@dataclass(frozen=True, slots=True)
class Way:
    """A page that the bar at the top leads to.

    Attributes
    ----------
    of_unit
        Whether its address names a unit; it is offered on a unit's pages only.
    """

    label: str
    endpoint: str
    right: Right
    of_unit: bool = True


MAIN = (
    Way(worded("Unit"), "dashboard.units", Right.SEE_UNIT, of_unit=False),
    Way(worded("Ringkasan"), "dashboard.unit", Right.SEE_UNIT),
    Way(worded("Jadwal"), "duty_calendar.week", Right.SEE_ROSTER),
    Way(worded("Tutup bulan"), "closing.months", Right.CLOSE_MONTH),
    Way(worded("Nilai petugas"), "scores.months", Right.SEE_SCORES),
    Way(worded("Usulan"), "proposals.months", Right.DECIDE),
    Way(worded("Catatan untuk petugas"), "notes.officers", Right.WRITE_NOTE),
    Way(worded("Aturan"), "rules.overview", Right.SEE_UNIT),
    Way(worded("Apresiasi"), "recognition.month", Right.RECOGNISE),
    Way(worded("Nilai saya"), "own_score.months", Right.SEE_OWN_SCORE, of_unit=False),
    Way(worded("Tugas di loket"), "check_in.arrive", Right.CHECK_IN, of_unit=False),
    Way(worded("Peninjauan"), "review.queue", Right.REVIEW),
    Way(worded("Keberatan"), "objections.all_objections", Right.REVIEW),
    Way(worded("Revisi"), "revision_pages.all_revisions", Right.REVISE),
    Way(worded("Penyiapan"), "set_up.guide", Right.SET_UP),
    Way(worded("Akun"), "accounts.all_accounts", Right.MANAGE_ACCOUNTS, of_unit=False),
    Way(worded("Token"), "tokens.all_tokens", Right.MANAGE_TOKENS, of_unit=False),
    Way(worded("Catatan"), "log_pages.entries", Right.READ_LOG, of_unit=False),
)
"""The bar at the top."""

SET_UP = (
    Way(worded("Langkah"), "set_up.guide", Right.SET_UP),
    Way(worded("Unit"), "unit_form.edit", Right.SET_UP),
    Way(worded("Layanan"), "services.all_services", Right.SET_UP),
    Way(worded("Loket"), "desks.all_desks", Right.SET_UP),
    Way(worded("Kuesioner"), "questionnaire.edit", Right.SET_UP),
    Way(worded("Petugas"), "officers.all_officers", Right.SEE_ROSTER),
    Way(worded("Jadwal"), "duty_calendar.week", Right.SEE_ROSTER),
    Way(worded("Kunjungan"), "visits.all_visits", Right.KEEP_ROSTER),
    Way(worded("Gangguan"), "outages.all_outages", Right.KEEP_ROSTER),
)
"""The second bar, on the pages that set a unit up."""


def lead_the_way(app: Flask) -> None:
    """Give templates `ways(of)`: label, address and whether one is there."""
    app.jinja_env.globals["ways"] = ways
    app.jinja_env.globals["MAIN_WAYS"] = MAIN
    app.jinja_env.globals["SET_UP_WAYS"] = SET_UP


def ways(offered: tuple[Way, ...]) -> list[tuple[str, str, bool]]:
    """Return the label and address of each way that is open now, and whether one is there."""
    unit = g.get("unit")
    here = (request.endpoint or "").partition(".")[0]
    return [
        (
            way.label,
            url_for(way.endpoint, code=unit.code) if way.of_unit else url_for(way.endpoint),
            _is_here(way, here),
        )
        for way in offered
        if may(way.right) and (unit is not None or not way.of_unit)
    ]


def _is_here(way: Way, here: str) -> bool:
    if way.endpoint.startswith("dashboard."):
        return way.endpoint == request.endpoint
    return way.endpoint.partition(".")[0] == here
