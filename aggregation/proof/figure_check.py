"""The figures of officers, computed anew from the counts that their window keeps (method §5, §8).

The rules of the closing and what was fixed with them, μ and the means of services, are taken from
what it stored; at the close itself these are computed anew too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlmodel import Session

from aggregation.closings import Closing, ClosingRule, OfficerFigure
from aggregation.months.draft import METHOD_VERSION
from aggregation.months.figure_rows import PERSONAL, Row, officer_row, stored_rows
from aggregation.months.officer_results import Baseline, OfficerResult, scores_under
from aggregation.months.revisions import earlier_closings
from aggregation.months.rule_baselines import Baselines, baselines_of
from aggregation.months.window import WindowMonth, closed_month
from survey.difference import Difference, Kind

_NOT_FIGURES = frozenset({*PERSONAL, "computed_in"})
_OF_NOBODY = frozenset({"basis", "reason"})
"""Whether somebody without a response had a duty: a duty shared with another leaves no trace."""


def figure_differences(
    session: Session, closing: Closing, earlier: Mapping[int, Closing]
) -> Iterator[Difference]:
    """Yield the figures of a closing that its counts do not give.

    Parameters
    ----------
    earlier
        The earlier revisions of the month, by number: figures that did not move are theirs.
    """
    stored = stored_rows(session, closing.id)
    if closing.method_version != METHOD_VERSION or not stored[ClosingRule]:
        return  # figures of another method are held by their digest alone
    rows = {row["officer_id"]: row for row in stored[OfficerFigure]}
    yield from _taken_over(session, closing, rows, earlier)
    baselines = baselines_of(session, closing)
    window = _window(session, closing, baselines)
    results: dict[int, OfficerResult] = {}
    for version, baseline in baselines.by_version.items():
        members = {
            officer_id: str(row["job_group"])
            for officer_id, row in rows.items()
            if row["rule_version"] == version and row["computed_in"] == closing.revision
        }
        kept = None if closing.revision == 0 else baseline
        anew, found = scores_under(baseline.rule, members, window, kept)
        results |= found
        if kept is None and anew != baseline:
            yield _rule(closing, baseline, anew)
    for officer_id, result in results.items():
        now = officer_row(officer_id, result, len(window), closing.revision)
        yield from _compared(closing, rows[officer_id], now)


def _window(session: Session, closing: Closing, baselines: Baselines) -> list[WindowMonth]:
    """Return the months that the figures pooled, as they stood when the closing was made."""
    at, codes = closing.closed_at, baselines.codes
    before = earlier_closings(
        session, closing.unit_id, closing.month, baselines.window_months, as_of=at
    )
    return [closed_month(session, each, codes, as_of=at) for each in [closing, *before]]


def _taken_over(
    session: Session,
    closing: Closing,
    rows: Mapping[int, Row],
    earlier: Mapping[int, Closing],
) -> Iterator[Difference]:
    """Yield figures that name an earlier revision and are not those of it."""
    of_revision: dict[int, dict[int, Row]] = {}
    for officer_id, row in rows.items():
        number = row["computed_in"]
        if number == closing.revision:
            continue
        if number not in of_revision:
            found = stored_rows(session, earlier[number].id) if number in earlier else {}
            kept: Sequence[Row] = found.get(OfficerFigure, ())
            of_revision[number] = {each["officer_id"]: each for each in kept}
        yield from _compared(closing, row, of_revision[number].get(officer_id, {}))


def _compared(closing: Closing, stored: Row, anew: Row) -> Iterator[Difference]:
    left_out = _NOT_FIGURES if stored["n"] else _NOT_FIGURES | _OF_NOBODY
    names = [name for name in stored if name not in left_out and stored[name] != anew.get(name)]
    if names:
        subject = f"officer_figure {closing.id} {stored['officer_id']}"
        yield Difference(Kind.CLOSING, subject, _sentence(names, stored, anew))


def _sentence(names: Iterable[str], stored: Row, anew: Row) -> str:
    said = "; ".join(
        f"{name}: tertulis {stored[name]}, dihitung {anew.get(name)}" for name in names
    )
    return f"Angkanya tidak sama dengan hitungan yang disimpan ({said})."


def _rule(closing: Closing, stored: Baseline, anew: Baseline) -> Difference:
    names = [name for name in ("n", "mu") if getattr(stored, name) != getattr(anew, name)]
    said = "; ".join(
        f"{name}: tertulis {getattr(stored, name)}, dihitung {getattr(anew, name)}"
        for name in names
    )
    subject = f"closing_rule {closing.id} {stored.rule.version}"
    sentence = f"Pembandingnya tidak sama dengan hitungan yang disimpan ({said or 'layanan'})."
    return Difference(Kind.CLOSING, subject, sentence)
