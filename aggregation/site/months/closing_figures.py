"""What the check of a month shows: findings with the way to mend them, and the dry run's figures.

Officers' own figures are shown only to those who may see scores; everybody else who closes a month
learns how many officers have how much evidence.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from aggregation.access.roles import Right
from aggregation.method.evidence import Basis
from aggregation.method.officer_score import Figures, Reader, shown_to
from aggregation.method.questionnaire_counts import NO_QUESTIONNAIRES
from aggregation.months.draft import Draft
from aggregation.months.month_check import Finding, Kind, check_month
from aggregation.output.unit_month import standing
from aggregation.people.officer_names import officer_names
from aggregation.site.guard import may
from aggregation.site.page_way import way_to
from survey.language import worded
from survey.spoken import spoken

MOST_OF_A_KIND = 20
"""Findings of one kind that are listed; the rest is a number."""

BASIS_NAMES: Mapping[Basis, str] = {
    Basis.PUBLISHABLE: worded("cukup data"),
    Basis.INDICATIVE: worded("sementara"),
    Basis.INSUFFICIENT: worded("belum cukup data"),
    Basis.NO_DUTY: worded("tanpa jadwal"),
}
_SERIOUS = frozenset({Kind.NO_RESPONSES, Kind.OVERLAP})
_OF_TABLETS = frozenset({Kind.TABLET_GAPS, Kind.TABLET_WAITING})
_TO_LOOK_AT = _OF_TABLETS | {Kind.QUARANTINED, Kind.UNATTRIBUTED, Kind.GAP, Kind.WAITING}
_MENDED_IN_DUTIES = frozenset({Kind.OVERLAP, Kind.GAP, Kind.UNATTRIBUTED, Kind.WAITING})


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding on the page.

    Attributes
    ----------
    chip
        How serious: ``bad``, ``warn`` or nothing.
    way
        The address of the page that mends it and what the link says, if there is one.
    """

    chip: str
    sentence: str
    way: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class OfficerLine:
    """An officer of the dry run, as HR would receive the row."""

    name: str
    n: int
    basis: Basis
    figures: Figures | None


def dry_run(session: Session, draft: Draft) -> dict[str, Any]:
    """Return the findings and figures of a draft, as one may see them."""
    counts = sum(draft.tally.questionnaires.values(), start=NO_QUESTIONNAIRES)
    basis = Counter(score.basis for score in draft.scores.values())
    return {
        "findings": _shown(list(check_month(session, draft))),
        "standing": standing(counts),
        "questionnaires": counts.n,
        "responses": draft.tally.responses,
        "late": draft.tally.late,
        "quarantined": draft.tally.quarantined,
        "unattributed": draft.tally.unattributed,
        "window": draft.window,
        "by_basis": [(name, basis[each]) for each, name in BASIS_NAMES.items() if basis[each]],
        "basis_names": BASIS_NAMES,
        "officers": _officers(session, draft) if may(Right.SEE_SCORES) else None,
    }


def _shown(findings: Sequence[Finding]) -> list[ShownFinding]:
    language = spoken()
    shown: list[ShownFinding] = []
    for kind in Kind:
        of_kind = [finding for finding in findings if finding.kind is kind]
        way = _way(kind)
        chip = "bad" if kind in _SERIOUS else "warn" if kind in _TO_LOOK_AT else ""
        shown += [
            ShownFinding(chip, language.say(each.sentence) % _spelled(each.words), way)
            for each in of_kind[:MOST_OF_A_KIND]
        ]
        if len(of_kind) > MOST_OF_A_KIND:
            rest = language.number(len(of_kind) - MOST_OF_A_KIND)
            more = language.say(worded("… dan %(count)s lagi seperti ini.")) % {"count": rest}
            shown.append(ShownFinding(chip, more, way))
    return shown


def _way(kind: Kind) -> tuple[str, str] | None:
    if kind in _OF_TABLETS:
        address, label = way_to("tablets.all_tablets", Right.KEEP_ROSTER), worded("Lihat tablet")
    elif kind in _MENDED_IN_DUTIES:
        address, label = way_to("duty_calendar.week", Right.SEE_ROSTER), worded("Buka jadwal")
    else:
        return None
    return None if address is None else (address, label)


def _spelled(words: Mapping[str, object]) -> dict[str, object]:
    return {name: _spelled_word(word) for name, word in words.items()}


def _spelled_word(word: object) -> object:
    match word:
        case int():
            return spoken().number(word)
        case date():
            return spoken().day(word)
    return word


def _officers(session: Session, draft: Draft) -> list[OfficerLine]:
    lines = []
    for officer_id, name in officer_names(session, draft.scores).items():
        score = shown_to(Reader.HR, draft.scores[officer_id])
        lines.append(OfficerLine(name, score.n, score.basis, score.figures))
    return sorted(lines, key=lambda line: line.name)
