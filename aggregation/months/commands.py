"""`nilai close`: check a month, show its figures, close it."""

from datetime import UTC, datetime

import click
from sqlmodel import col, select

from aggregation.method.officer_score import Reader, shown_to
from aggregation.method.questionnaire_counts import NO_QUESTIONNAIRES
from aggregation.method.rule import DEFAULT_RULE
from aggregation.method.satisfaction_index import satisfaction_index
from aggregation.models import Closing, Officer
from aggregation.months.draft import Draft, draft_month
from aggregation.months.month_check import check_month
from aggregation.months.month_close import (
    AlreadyClosed,
    MonthNotOver,
    check_over,
    close_month,
    first_closing,
)
from aggregation.office.batch import LONGEST_AUTHOR
from survey.command import Site, pass_site
from survey.database import reading, writing
from survey.models import ServiceUnit
from survey.month import Month
from survey.month_argument import MonthArgument
from survey.units import unit_with


def _short_enough(_context: click.Context, _option: click.Parameter, by: str) -> str:
    if len(by) > LONGEST_AUTHOR:
        message = f"paling banyak {LONGEST_AUTHOR} huruf"
        raise click.BadParameter(message)
    return by


@click.command(help="Periksa satu bulan, lalu tutup: angkanya ditulis satu kali.")
@click.argument("month", type=MonthArgument())
@click.option("--unit", "unit_code", required=True, help="Kode unit.")
@click.option("--dry-run", is_flag=True, help="Tampilkan saja; tidak ada yang ditulis.")
@click.option(
    "--by", default="cli", callback=_short_enough, show_default=True, help="Siapa yang menutup."
)
@pass_site
def close(site: Site, *, month: Month, unit_code: str, dry_run: bool, by: str) -> None:
    """Check a month, then close it: its figures are written once."""
    now = datetime.now(UTC)
    try:
        if dry_run:
            _show_draft(site, unit_code, month, now)
            return
        with writing(site.engine) as session:
            unit_id = _id_of(unit_with(session, unit_code))
            closed = close_month(session, unit_id, month, closed_by=by, at=now, rule=DEFAULT_RULE)
            sentence = _sentence(closed)
    except MonthNotOver as error:
        message = f"Bulan {month} belum berakhir. Tutup setelah tanggal terakhirnya lewat."
        raise click.ClickException(message) from error
    except AlreadyClosed as error:
        sentence = _sentence(error.closing)
        click.echo("Sudah ditutup sebelumnya; tidak ada yang berubah.", err=True)
    click.echo(sentence)


def _sentence(closing: Closing) -> str:
    """Say what a closing holds: the same words however often the month is closed."""
    return (
        f"Bulan {closing.month} ditutup {closing.closed_at:%Y-%m-%d} oleh {closing.closed_by}: "
        f"{closing.responses} tanggapan, sidik angka {closing.figures_digest.hex()[:16]}…"
    )


def _show_draft(site: Site, unit_code: str, month: Month, now: datetime) -> None:
    """Print the findings and every figure that a close would write."""
    with reading(site.engine) as session:
        unit = unit_with(session, unit_code)
        unit_id = _id_of(unit)
        closed = first_closing(session, unit_id, month)
        if closed is not None:
            raise AlreadyClosed(closed)
        check_over(session, unit_id, month, now)
        draft = draft_month(session, unit_id, month, DEFAULT_RULE)
        for finding in check_month(session, draft):
            click.echo(f"- {finding.text}")
        people = session.exec(select(Officer).where(col(Officer.id).in_(draft.scores)))
        names = {officer.id or 0: officer.name for officer in people}
    _print_figures(draft, names)


def _print_figures(draft: Draft, names: dict[int, str]) -> None:
    counts = sum(draft.tally.questionnaires.values(), start=NO_QUESTIONNAIRES)
    found = satisfaction_index(counts)
    if found is None:
        click.echo("IKM: belum ada kuesioner lengkap.")
    else:
        click.echo(f"IKM {found.index} ({found.grade.letter}) dari {found.n} kuesioner lengkap")
    for officer_id, score in draft.scores.items():
        shown = shown_to(Reader.HR, score)
        figure = shown.figures.raw_index if shown.figures else shown.reason and shown.reason.text
        click.echo(f"{names[officer_id]}: n {score.n}, {score.basis.value}, {figure}")
    click.echo(f"Sidik angka {draft.digest().hex()[:16]}…")


def _id_of(unit: ServiceUnit) -> int:
    return unit.id or 0
