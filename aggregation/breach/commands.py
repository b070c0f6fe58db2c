"""`nilai breach`: whom a breach concerns, as a list for the notices."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click
from sqlmodel import Session

from aggregation.access.account_keeper import AT_THE_SERVER, keeper_at_the_server
from aggregation.access.known_accounts import account_of_email, known_account
from aggregation.breach.affected import Affected, Stretch, by_account, by_copy, by_tablet
from aggregation.output.csv_rows import csv_rows
from aggregation.output.scores_command import Moment
from survey.command import Installation, pass_installation
from survey.database import writing
from survey.log import Act, record

COLUMNS = ("JENIS", "SIAPA", "KONTAK", "DATA", "SEJAK", "SAMPAI", "JUMLAH")


@click.command(help="Daftar siapa yang terkena insiden data, sebagai CSV. Lihat docs/breach.md.")
@click.option("--since", type=Moment(), required=True, help="Sejak kapan orang lain dapat masuk.")
@click.option("--until", type=Moment(), help="Sampai kapan; sekarang bila tidak disebut.")
@click.option("--copy", is_flag=True, help="Salinan basis data atau backup bocor.")
@click.option("--account", "emails", multiple=True, help="Email akun yang dipakai orang lain.")
@click.option("--tablet", "tablets", multiple=True, type=click.UUID, help="Id tablet yang hilang.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
@pass_installation
def breach(
    installation: Installation,
    *,
    since: datetime,
    until: datetime | None,
    copy: bool,
    emails: tuple[str, ...],
    tablets: tuple[UUID, ...],
    output: Path | None,
) -> None:
    """Write the list, and keep in the log that it was written."""
    stretch = Stretch(since, until or datetime.now(UTC))
    if not (copy or emails or tablets):
        message = "Sebutkan apa yang bocor: --copy, --account EMAIL atau --tablet ID."
        raise click.UsageError(message)
    if stretch.until < stretch.since:
        message = "--until lebih awal daripada --since."
        raise click.UsageError(message)
    with writing(installation.engine) as session:
        found = list(_found(session, stretch, copy=copy, emails=emails, tablets=tablets))
        facts = {"count": len(found)}
        act = Act("breach.listed", AT_THE_SERVER, stretch.since.date().isoformat(), facts)
        record(session, act, datetime.now(UTC))
    _give(found, output)


def _found(
    session: Session,
    stretch: Stretch,
    *,
    copy: bool,
    emails: Sequence[str],
    tablets: Sequence[UUID],
) -> Iterator[Affected]:
    if copy:
        yield from by_copy(session, stretch)
    for email in emails:
        yield from by_account(session, _account_of(session, email), stretch)
    for device_id in tablets:
        yield from by_tablet(session, device_id, stretch)


def _account_of(session: Session, email: str) -> int:
    key = account_of_email(session, email)
    return known_account(session, keeper_at_the_server(session), key).id


def _give(found: Sequence[Affected], output: Path | None) -> None:
    rows = csv_rows(COLUMNS, (_row(each) for each in found))
    if output is None:
        click.echo(rows, nl=False)
    else:
        output.touch(mode=0o600)
        output.write_bytes(rows)
        click.echo(f"{len(found)} baris di {output}; berkas ini memuat data orang.")


def _row(each: Affected) -> tuple[str | int, ...]:
    first, last = (_written(moment) for moment in (each.first, each.last))
    return each.kind, each.who, each.contact, each.what, first, last, each.count


def _written(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")
