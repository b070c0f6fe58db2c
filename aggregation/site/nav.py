"""The ways through the staff site: each is offered to those who may go there, to nobody else.

What belongs together is one family: the bar at the top leads to its first page, and a second bar
shows the others. A family of which only one page is open is that page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, g, request, url_for

from aggregation.access.roles import Right
from aggregation.site.guard import may
from survey.language import worded


@dataclass(frozen=True, slots=True)
class Way:
    """A page that a bar leads to.

    Attributes
    ----------
    of_unit
        Whether its address names a unit; it is offered on a unit's pages only.
    holds
        Endpoints and blueprints of the pages behind it; those of its own blueprint if not said.
    """

    label: str
    endpoint: str
    right: Right
    of_unit: bool = True
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """Ways that belong together, the first one in front."""

    label: str
    ways: tuple[Way, ...]


Offered = tuple[str, str, bool]
"""Label, address, and whether one is there."""

MAIN: tuple[Way | Family, ...] = (
    Way(
        worded("Unit"), "dashboard.units", Right.SEE_UNIT, of_unit=False, holds=("dashboard.units",)
    ),
    Way(worded("Ringkasan"), "dashboard.unit", Right.SEE_UNIT, holds=("dashboard.unit",)),
    Way(worded("Jadwal"), "duty_calendar.week", Right.SEE_ROSTER),
    Family(
        worded("Umpan balik"),
        (
            Way(worded("Komentar"), "comments.all_comments", Right.READ_COMMENTS),
            Way(worded("Tindak lanjut"), "improvements.all_improvements", Right.SEE_UNIT),
            Way(worded("Laporan"), "reports.all_reports", Right.SEE_UNIT),
            Way(worded("Publikasi"), "publications.overview", Right.PUBLISH),
            Way(
                worded("Lembar kertas"),
                "paper.typed",
                Right.ENTER_PAPER,
                holds=("paper", "sheets.upload_responses"),
            ),
        ),
    ),
    Family(
        worded("Bulan"),
        (
            Way(worded("Tutup bulan"), "closing.months", Right.CLOSE_MONTH),
            Way(worded("Revisi"), "revision_pages.all_revisions", Right.REVISE),
        ),
    ),
    Family(
        worded("Penilaian"),
        (
            Way(worded("Usulan"), "proposals.months", Right.DECIDE),
            Way(
                worded("Nilai petugas"),
                "scores.months",
                Right.SEE_SCORES,
                holds=("scores", "statements.of_officer"),
            ),
            Way(worded("Catatan untuk petugas"), "notes.officers", Right.WRITE_NOTE),
            Way(
                worded("Apresiasi"),
                "recognition.month",
                Right.RECOGNISE,
                holds=("recognition.month", "recognition.issue"),
            ),
            Way(
                worded("Pelatihan"),
                "recognition.training.needs_table",
                Right.RECOGNISE,
                holds=("recognition.training",),
            ),
            Way(worded("Aturan"), "rules.overview", Right.SEE_UNIT),
        ),
    ),
    Family(
        worded("Peninjauan"),
        (
            Way(
                worded("Menunggu keputusan"),
                "review.queue",
                Right.REVIEW,
                holds=("review.queue", "review.group"),
            ),
            Way(
                worded("Sudah diputuskan"),
                "review.decided",
                Right.REVIEW,
                holds=("review.decided",),
            ),
            Way(
                worded("Penyelidikan"),
                "review.inquiries.all_inquiries",
                Right.REVIEW,
                holds=("review.inquiries",),
            ),
            Way(worded("Keberatan"), "objections.all_objections", Right.REVIEW),
            Way(worded("Komentar"), "raw_words.masked", Right.REVIEW),
        ),
    ),
    Way(
        worded("Nilai saya"),
        "own_score.months",
        Right.SEE_OWN_SCORE,
        of_unit=False,
        holds=("own_score", "own_objection", "own_letters", "statements.own"),
    ),
    Way(worded("Tugas di loket"), "check_in.arrive", Right.CHECK_IN, of_unit=False),
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
    Way(worded("Tablet"), "tablets.all_tablets", Right.KEEP_ROSTER),
    Way(worded("Kuesioner"), "questionnaire.edit", Right.SET_UP),
    Way(worded("Petugas"), "officers.all_officers", Right.SEE_ROSTER),
    Way(worded("Jadwal"), "duty_calendar.week", Right.SEE_ROSTER),
    Way(worded("Kunjungan"), "visits.all_visits", Right.KEEP_ROSTER),
    Way(worded("Gangguan"), "outages.all_outages", Right.KEEP_ROSTER),
)
"""The second bar, on the pages that set a unit up."""


def lead_the_way(app: Flask) -> None:
    """Give templates what the bars offer."""
    app.jinja_env.globals["ways"] = ways
    app.jinja_env.globals["family"] = family
    app.jinja_env.globals["MAIN_WAYS"] = MAIN
    app.jinja_env.globals["SET_UP_WAYS"] = SET_UP


def ways(offered: Sequence[Way | Family]) -> list[Offered]:
    """Return what a bar leads to for whoever is asking."""
    found = []
    for each in offered:
        inside = _open(each.ways) if isinstance(each, Family) else _open((each,))
        if isinstance(each, Family) and len(inside) > 1:
            there = any(is_here for *_, is_here in inside)
            found.append((each.label, inside[0][1], there))
        else:
            found += inside
    return found


def family() -> list[Offered]:
    """Return the ways that belong with the page that is open; none where it stands alone."""
    for each in MAIN:
        if isinstance(each, Family):
            inside = _open(each.ways)
            if len(inside) > 1 and any(is_here for *_, is_here in inside):
                return inside
    return []


def _open(offered: Sequence[Way]) -> list[Offered]:
    unit = g.get("unit")
    return [
        (
            way.label,
            url_for(way.endpoint, code=unit.code) if way.of_unit else url_for(way.endpoint),
            _is_here(way),
        )
        for way in offered
        if may(way.right) and (unit is not None or not way.of_unit)
    ]


def _is_here(way: Way) -> bool:
    here = request.endpoint or ""
    held = way.holds or (way.endpoint.partition(".")[0],)
    return any(here == each or here.startswith(f"{each}.") for each in held)
