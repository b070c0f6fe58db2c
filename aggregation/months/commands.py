"""`nilai close`: check a month, show its figures, close it."""

from datetime import UTC, datetime

import click

from aggregation.changes.options import by_option
from aggregation.closings import Closing
from aggregation.method.officer_score import Reader, shown_to
from aggregation.method.questionnaire_counts import NO_QUESTIONNAIRES
from aggregation.method.satisfaction_index import satisfaction_index
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.months.draft import Draft
from aggregation.months.month_check import check_month
from aggregation.months.month_close import (
    AlreadyClosed,
    EarlierMonthOpen,
    LaterMonthClosed,
    MonthNotOver,
    prepare_close,
    write_close,
)
from aggregation.people.officer_names import officer_names
from aggregation.rules.rule_book import rules_in_force
from aggregation.visits.seen_scores import note_dry_run
from survey.command import Installation, pass_installation
from survey.database import writing
from survey.models import ServiceUnit
from survey.month import Month, local_day, time_zone
from survey.month_argument import MonthArgument
from survey.units import unit_with


@click.command(help="Periksa satu bulan, lalu tutup: angkanya ditulis satu kali.")
@click.argument("month", type=MonthArgument())
@click.option("--unit", "unit_code", required=True, help="Kode unit.")
@click.option("--dry-run", is_flag=True, help="Tampilkan saja; tidak ada yang ditulis.")
@by_option("Siapa yang menutup.")
@pass_installation
def close(
    installation: Installation, *, month: Month, unit_code: str, dry_run: bool, by: str
) -> None:
    """Check a month, then close it: its figures are written once."""
    now = datetime.now(UTC)
    with writing(installation.engine) as session:
        unit = unit_with(session, unit_code)
        try:
            rules = rules_in_force(session, unit.id or 0, month, now)
            draft = prepare_close(session, unit.id or 0, month, at=now, rules=rules)
        except AlreadyClosed as error:
            click.echo("Sudah ditutup sebelumnya; tidak ada yang berubah.", err=True)
            click.echo(_sentence(error.closing, unit))
            return
        except (MonthNotOver, EarlierMonthOpen, LaterMonthClosed) as error:
            raise click.ClickException(_refusal(error, month)) from error
        for finding in check_month(session, draft):
            click.echo(f"- {finding}", err=not dry_run)
        if dry_run:
            _print_figures(draft, officer_names(session, draft.scores))
            note_dry_run(session, unit, month, now)
        else:
            closing = write_close(session, draft, closed_by=by, at=now)
            click.echo(_sentence(closing, unit))


def _refusal(error: Exception, month: Month) -> str:
    if isinstance(error, EarlierMonthOpen):
        return f"Bulan {error.month} belum ditutup dan punya tanggapan. Tutup bulan itu lebih dulu."
    if isinstance(error, LaterMonthClosed):
        return f"Bulan sesudah {month} sudah ditutup. Bulan {month} hanya dapat masuk lewat revisi."
    return f"Bulan {month} belum berakhir. Tutup setelah tanggal terakhirnya lewat."


def _sentence(closing: Closing, unit: ServiceUnit) -> str:
    """Say what a closing holds: the same words however often the month is closed."""
    day = local_day(closing.closed_at, time_zone(unit.time_zone))
    return (
        f"Bulan {closing.month} ditutup {day} oleh {closing.closed_by}: "
        f"{closing.responses} tanggapan, sidik angka {closing.figures_digest.hex()[:16]}…"
    )


def _print_figures(draft: Draft, names: dict[int, str]) -> None:
    counts = sum(draft.tally.questionnaires.values(), start=NO_QUESTIONNAIRES)
    found = satisfaction_index(counts)
    if found is None or found.n < SMALLEST_CELL:
        click.echo(f"IKM: kurang dari {SMALLEST_CELL} kuesioner lengkap, jadi tanpa angka.")
    else:
        click.echo(f"IKM {found.index} ({found.grade.letter}) dari {found.n} kuesioner lengkap")
    for officer_id, score in draft.scores.items():
        shown = shown_to(Reader.HR, score)
        figure = shown.figures.raw_index if shown.figures else shown.reason and shown.reason.text
        click.echo(f"{names[officer_id]}: n {score.n}, {score.basis.value}, {figure}")
    click.echo(f"Sidik angka {draft.digest().hex()[:16]}…")
