"""What a night does, and what a round by day does: the same for a timer and for `nilai serve`."""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import click
from sqlalchemy import Engine
from sqlmodel import col, select

from aggregation.alerts.look_round import BY_DAY
from aggregation.alerts.raising import end_where_nobody_serves, newest_of
from aggregation.alerts.silence import long_silent
from aggregation.alerts.telling import Mailing, Told, send_digests, tell_at_once
from aggregation.app import FOLDER
from aggregation.mail import post_of
from deploy.done_marks import marked
from deploy.house_night import HouseNight, Probe, Say
from deploy.unit_night import LAST_TASKS, TASKS, Task, active_units, do_tasks, look_and_settle
from kiosk.models import Device
from survey.command import Installation, pass_installation
from survey.database import reading, writing
from survey.language import TRANSLATIONS, load_languages
from survey.models import ServiceUnit
from survey.month import local_day, time_zone
from survey.settings import Settings
from survey.units import unit_with

NIGHT_BEGINS = timedelta(hours=2)
"""A night's work belongs to the day that began two hours before, wherever a unit is."""

_REFUSED = "{} ringkasan ditolak server email; dicoba lagi besok malam."
_LOG = logging.getLogger(__name__)


def mailing_of(settings: Settings) -> Mailing:
    """Return what mail about alerts needs."""
    languages = load_languages(settings.languages, (TRANSLATIONS, FOLDER / "translations"))
    return Mailing(post_of(settings), languages, settings.staff_url)


def night_of(units: Sequence[ServiceUnit], at: datetime) -> date:
    """Return the night that has begun for all units: the same one until the last has the next."""
    zones = {unit.time_zone for unit in units} or {"UTC"}
    return min(local_day(at - NIGHT_BEGINS, time_zone(zone)) for zone in zones)


def run_night(
    installation: Installation,
    mailing: Mailing,
    at: datetime,
    *,
    only: str | None = None,
    say: Say = _LOG.debug,
    tasks: Sequence[Task] = TASKS,
    probe_now: Probe | None = None,
) -> list[str]:
    """Do a night's work: units, installation, a look round the units, digests.

    What was done once is not done again, so a night may be run twice, also by two at once.

    Parameters
    ----------
    only
        The code of the one unit to look after; then nothing is done for the installation.
    say
        Told what was done.
    probe_now
        What touches the faces, where a public site runs already.

    Returns
    -------
    list of str
        What failed, a sentence each. The rest was done.

    Raises
    ------
    UnknownUnit
        If there is no unit of that code.
    """
    engine = installation.engine
    with reading(engine) as session:
        night = night_of(active_units(session), at)
        units = active_units(session) if only is None else [unit_with(session, only)]
        session.expunge_all()
    with writing(engine) as session:
        end_where_nobody_serves(session, at)
    failures: list[str] = []

    def do_everywhere(todo: Sequence[Task]) -> None:
        for unit in units:
            said, failed = do_tasks(engine, unit, at, todo)
            say(said)
            failures.extend(failed)

    # Monitoring is told of whole nights only.
    marks = installation.settings.marks_folder if only is None else None
    with marked(marks, "release", failures):
        do_everywhere(tasks)
    if only is None:
        HouseNight(installation, at, say, failures).run(probe_now)
    with marked(marks, "look", failures):
        do_everywhere(LAST_TASKS)
    with marked(marks, "digest", failures):
        told = send_digests(engine, mailing, night)
        say(_told(mailing, told))
        if told.refused:
            failures.append(_REFUSED.format(told.refused))
    return failures


def run_round(engine: Engine, mailing: Mailing, at: datetime) -> None:
    """Look at the tablets of all units now, and write at once where one is silent for an hour."""
    with reading(engine) as session:
        with_tablets = set(
            session.exec(select(Device.unit_id).where(col(Device.revoked_at).is_(None)).distinct())
        )
        unit_ids = [unit.id or 0 for unit in active_units(session) if unit.id in with_tablets]
    for unit_id in unit_ids:
        day, ids = _look_at_tablets(engine, unit_id, at)
        tell_at_once(engine, mailing, day, ids)


def _look_at_tablets(engine: Engine, unit_id: int, at: datetime) -> tuple[date, list[UUID]]:
    """Raise and end what there is, and return the unit's day and what cannot wait for the night."""
    seen, _ = look_and_settle(engine, unit_id, at, BY_DAY)
    notices = [notice for sight in seen.values() for notice in sight.notices]
    with reading(engine) as session:
        unit = session.get_one(ServiceUnit, unit_id)
        urgent = long_silent(session, unit, notices, at)
        raised = [newest_of(session, unit_id, notice.key) for notice in urgent]
        day = local_day(at, time_zone(unit.time_zone))
        return day, [alert.id for alert in raised if alert is not None]


def _told(mailing: Mailing, told: Told) -> str:
    if not mailing.is_set_up:
        return "Email tidak diatur: kabar hanya ada di kotak masuk."
    return f"Ringkasan: {told.sent} email terkirim."


@click.command(
    help="Kerjakan tugas malam: rilis, uji ketukan, segel, periksa catatan, hapus yang lewat masa "
    "simpan, periksa keadaan, kirim ringkasan."
)
@click.option("--unit", "only", help="Hanya tugas unit dengan kode ini, tanpa uji dan segel.")
@pass_installation
def nightly(installation: Installation, only: str | None) -> None:
    """Do a night's work now; twice the same night is once."""
    mailing = mailing_of(installation.settings)
    at = datetime.now(UTC)
    failures = run_night(installation, mailing, at, only=only, say=click.echo)
    if failures:
        raise click.ClickException("\n".join(failures))


@click.command(name="look", help="Periksa tablet semua unit sekarang; untuk tiap beberapa menit.")
@pass_installation
def look_now(installation: Installation) -> None:
    """Look at the tablets of all units now."""
    run_round(installation.engine, mailing_of(installation.settings), datetime.now(UTC))
