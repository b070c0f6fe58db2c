"""What a night does, and what a round by day does: the same for a timer and for `nilai serve`."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import click
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from aggregation.alerts.look_round import (
    BY_DAY,
    DETECTORS,
    Changed,
    Detectors,
    Seen,
    is_settled,
    look,
    settle,
)
from aggregation.alerts.raising import end_where_nobody_serves, newest_of
from aggregation.alerts.silence import long_silent
from aggregation.alerts.telling import Mailing, Told, send_digests, tell_at_once
from aggregation.app import FOLDER
from aggregation.comments.batches import batches_of, waiting_in
from aggregation.comments.release import release_batch
from aggregation.mail import post_of
from aggregation.months.release import release_missing
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

Say = Callable[[str], object]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """Something a night does for each unit, in a transaction of its own.

    Attributes
    ----------
    do
        Does it for the unit of a key and returns a sentence; done twice in a night it is done once.
    """

    name: str
    do: Callable[[Engine, int, datetime], str]


def _release_months(engine: Engine, unit_id: int, at: datetime) -> str:
    """Release a month in each transaction: a tap waits for one at most."""
    months: list[str] = []
    while released := _release_a_month(engine, unit_id, at):
        months += released
    return f"angka {', '.join(months)} dirilis" if months else "angka sudah dirilis"


def _release_a_month(engine: Engine, unit_id: int, at: datetime) -> list[str]:
    with writing(engine) as session:
        return release_missing(session, unit_id, at, most=1)


def _release_comments(engine: Engine, unit_id: int, at: datetime) -> str:
    """Release batch by batch; masking takes a while and writing does not, so no tap waits."""
    with reading(engine) as session:
        waiting = waiting_in(session, unit_id, at)
    released = 0
    for batch in batches_of(waiting):
        with writing(engine) as session:
            released += release_batch(session, unit_id, batch, at)
    return f"{released} komentar dirilis" if released else "tidak ada komentar yang dirilis"


def _look(engine: Engine, unit_id: int, at: datetime) -> str:
    _, changed = _look_and_settle(engine, unit_id, at, DETECTORS)
    return f"{len(changed.raised)} kabar baru, {changed.ended} selesai"


def _look_and_settle(
    engine: Engine, unit_id: int, at: datetime, detectors: Detectors
) -> tuple[Seen, Changed]:
    """Look round a unit; looking takes a while and writing does not, so no tap waits for it."""
    with reading(engine) as session:
        unit = session.get_one(ServiceUnit, unit_id)
        seen = look(session, unit, at, detectors)
        if is_settled(session, unit, seen):
            return seen, Changed()
    with writing(engine) as session:
        return seen, settle(session, session.get_one(ServiceUnit, unit_id), seen, at)


TASKS = (
    Task("merilis angka", _release_months),
    Task("merilis komentar", _release_comments),
    Task("memeriksa keadaan", _look),
)
"""In their order."""


def mailing_of(settings: Settings) -> Mailing:
    """Return what mail about alerts needs."""
    languages = load_languages(settings.languages, (TRANSLATIONS, FOLDER / "translations"))
    return Mailing(post_of(settings), languages, settings.staff_url)


def active_units(session: Session) -> list[ServiceUnit]:
    """Return the units that serve, by code."""
    units = select(ServiceUnit).where(col(ServiceUnit.active)).order_by(col(ServiceUnit.code))
    return list(session.exec(units))


def night_of(units: Sequence[ServiceUnit], at: datetime) -> date:
    """Return the night that has begun for all units: the same one until the last has the next."""
    zones = {unit.time_zone for unit in units} or {"UTC"}
    return min(local_day(at - NIGHT_BEGINS, time_zone(zone)) for zone in zones)


def run_night(
    engine: Engine,
    mailing: Mailing,
    at: datetime,
    *,
    only: str | None = None,
    say: Say = _LOG.debug,
    tasks: Sequence[Task] = TASKS,
) -> list[str]:
    """Do a night's work: each task for each unit, then the digests.

    What was done once is not done again, so a night may be run twice, also by two at once.

    Parameters
    ----------
    only
        The code of the one unit to look after.
    say
        Told what was done.

    Returns
    -------
    list of str
        What failed, a sentence each. The rest was done.

    Raises
    ------
    UnknownUnit
        If there is no unit of that code.
    """
    with reading(engine) as session:
        night = night_of(active_units(session), at)
        units = active_units(session) if only is None else [unit_with(session, only)]
        named = [(unit.id or 0, unit.code) for unit in units]
    with writing(engine) as session:
        end_where_nobody_serves(session, at)
    failures = []
    for unit_id, code in named:
        done = []
        for task in tasks:
            try:
                done.append(task.do(engine, unit_id, at))
            except Exception as error:  # noqa: BLE001 - the other units have their night
                _LOG.exception("a task of the night failed")
                failures.append(f"{code}: gagal {task.name} ({type(error).__name__}).")
        say(f"{code}: {'; '.join(done)}." if done else f"{code}: tidak ada yang selesai.")
    told = send_digests(engine, mailing, night)
    say(_told(mailing, told))
    if told.refused:
        failures.append(f"{told.refused} ringkasan ditolak server email; dicoba lagi besok malam.")
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
    seen, _ = _look_and_settle(engine, unit_id, at, BY_DAY)
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


@click.command(help="Kerjakan tugas malam: rilis komentar, periksa keadaan, kirim ringkasan.")
@click.option("--unit", "only", help="Hanya unit dengan kode ini.")
@pass_installation
def nightly(installation: Installation, only: str | None) -> None:
    """Do a night's work now; twice the same night is once."""
    mailing = mailing_of(installation.settings)
    at = datetime.now(UTC)
    failures = run_night(installation.engine, mailing, at, only=only, say=click.echo)
    if failures:
        raise click.ClickException("\n".join(failures))


@click.command(name="look", help="Periksa tablet semua unit sekarang; untuk tiap beberapa menit.")
@pass_installation
def look_now(installation: Installation) -> None:
    """Look at the tablets of all units now."""
    run_round(installation.engine, mailing_of(installation.settings), datetime.now(UTC))
