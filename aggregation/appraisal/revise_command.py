"""`nilai revise`: prepare a revision of a closed month; a second person approves it on the site."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

import click

from aggregation.appraisal.models import Ground
from aggregation.appraisal.revision_changes import MonthChange, changes_of_draft
from aggregation.appraisal.revision_requests import (
    Asked,
    LateDayAhead,
    NotUpheld,
    RequestIncomplete,
    RequestUnexplained,
    draft_of,
    request_revision,
)
from aggregation.changes.batch import Cause
from aggregation.changes.options import by_option, reason_option
from aggregation.months.revision import MonthNotClosed, NothingMoves
from survey.command import Installation, pass_installation
from survey.database import writing
from survey.month import Month
from survey.month_argument import MonthArgument
from survey.units import unit_with

_REFUSALS: Mapping[type[Exception], str] = {
    MonthNotClosed: "Bulan itu belum ditutup. Tutup saja dengan angka yang benar.",
    NothingMoves: "Tidak ada yang berubah: semuanya dihitung sama seperti sekarang.",
    RequestUnexplained: "Tulis sebabnya dengan --reason.",
    LateDayAhead: "--late-until paling jauh hari ini.",
    NotUpheld: "Tidak ada keberatan yang dikabulkan dengan nomor itu untuk bulan ini.",
    RequestIncomplete: (
        "late memerlukan --late-until, objection memerlukan --objection, dan yang lain tidak "
        "memakai keduanya. Perbaikan jadwal (duty) disiapkan di situs pegawai, halaman Revisi."
    ),
}


@click.command(help="Siapkan revisi bulan yang sudah ditutup; orang kedua menyetujuinya di situs.")
@click.argument("month", type=MonthArgument())
@click.option("--unit", "unit_code", required=True, help="Kode unit.")
@click.option("--ground", type=click.Choice([each.value for each in Ground]), required=True)
@click.option(
    "--late-until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Terima tanggapan terlambat yang masuk sebelum hari ini (YYYY-MM-DD).",
)
@click.option("--objection", type=click.UUID, help="Nomor keberatan yang dikabulkan.")
@click.option("--dry-run", is_flag=True, help="Tampilkan saja; tidak ada yang disimpan.")
@reason_option("Sebab revisi; tetap terlihat pada revisinya.")
@by_option("Siapa yang menyiapkan.")
@pass_installation
def revise(
    installation: Installation,
    *,
    month: Month,
    unit_code: str,
    ground: str,
    late_until: datetime | None,
    objection: UUID | None,
    dry_run: bool,
    reason: str,
    by: str,
) -> None:
    """Prepare a revision and say what it would change; nothing moves before it is approved."""
    asked = Asked(Ground(ground), objection, (), late_until.date() if late_until else None)
    cause = Cause(by, reason.strip(), datetime.now(UTC))
    with writing(installation.engine) as session:
        unit_id = unit_with(session, unit_code).id or 0
        try:
            request = request_revision(session, unit_id, month, asked, cause)
        except tuple(_REFUSALS) as error:
            raise click.ClickException(_REFUSALS[type(error)]) from error
        draft = draft_of(session, request)
        for line in _sentences(changes_of_draft(session, draft) if draft else []):
            click.echo(line)
        if dry_run:
            session.rollback()
        else:
            click.echo(f"Disiapkan: {request.id}. Orang kedua menyetujuinya di halaman Revisi.")


def _sentences(changes: list[MonthChange]) -> Iterator[str]:
    """Say who moves and how many responses; numbers are for those who read scores on the site."""
    if not changes:
        yield "Tidak ada angka yang berubah."
    for month in changes:
        yield (
            f"{month.month} revisi {month.revision}: {month.responses_before} → "
            f"{month.responses_after} tanggapan, {month.stays} petugas tetap."
        )
        for each in month.officers:
            before = each.before.n if each.before else 0
            yield f"- {each.name}: n {before} → {each.after.n}"
