"""Kinds of service (jenis layanan) of a unit, and what an office begins with (method §1)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam
from sqlmodel import Session, col, select

from survey.desks import NoDesk, RatedDesk
from survey.models import Service


class UnknownService(LookupError):
    """The unit gives no such service."""


@dataclass(frozen=True, slots=True)
class NamedService:
    """A service by its code and official name."""

    code: str
    name: str


DISDUKCAPIL = (
    NamedService("KTP-EL", "KTP elektronik (KTP-el)"),
    NamedService("KK", "Kartu Keluarga"),
    NamedService("AKTA-LAHIR", "Akta kelahiran"),
    NamedService("AKTA-MATI", "Akta kematian"),
    NamedService("KIA", "Kartu Identitas Anak"),
    NamedService("PINDAH-DATANG", "Pindah dan datang penduduk"),
    NamedService("IKD", "Identitas Kependudukan Digital"),
    NamedService("AKTA-KAWIN", "Akta perkawinan"),
    NamedService("AKTA-CERAI", "Akta perceraian"),
    NamedService("BIODATA", "Biodata penduduk"),
)
"""The ten services that an office of population and civil registration usually gives."""


def services_by_code(session: Session, unit_id: int) -> dict[str, Service]:
    """Return a unit's services by code, those it no longer gives included."""
    rows = session.exec(
        select(Service).where(col(Service.unit_id) == unit_id).order_by(col(Service.id))
    )
    return {service.code: service for service in rows}


def add_services(
    session: Session, unit_id: int, services: Iterable[NamedService]
) -> dict[str, int]:
    """Add services to a unit and return their ids by code; codes must be new to the unit."""
    added = [Service(unit_id=unit_id, code=s.code, name=s.name) for s in services]
    session.add_all(added)
    session.flush()
    return {service.code: service.id for service in added if service.id is not None}


def service_id_of(connection: Connection, desk: RatedDesk | NoDesk, code: str | None) -> int | None:
    """Return a service of the unit, also one given up since, so that a resend is recognised.

    Raises
    ------
    UnknownService
        If the unit never gave one of that code.
    """
    if code is None:
        return None
    key = {"unit_id": desk.unit_id, "code": code}
    service_id: int | None = connection.execute(_SERVICE, key).scalar()
    if service_id is None:
        raise UnknownService(code)
    return service_id


def require_in_use(connection: Connection, service_id: int | None) -> None:
    """Check that a service, if one was named, may be chosen today.

    Raises
    ------
    UnknownService
        If the unit gave it up.
    """
    if service_id is None:
        return
    if not connection.execute(_IN_USE, {"id": service_id}).scalar():
        raise UnknownService


_SERVICE = select(col(Service.id)).where(
    col(Service.unit_id) == bindparam("unit_id"),
    col(Service.code) == bindparam("code"),
)
_IN_USE = select(col(Service.active)).where(col(Service.id) == bindparam("id"))
