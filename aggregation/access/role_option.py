"""The option `--role` of commands: a role and the unit whose branch it holds for."""

from typing import Any, NamedTuple

import click
from sqlmodel import Session

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from survey.units import unit_with


class NamedRole(NamedTuple):
    """A role as it is typed: the unit by its code; none for the whole tree."""

    role: Role
    unit: str | None = None

    def found(self, session: Session) -> RoleIn:
        """Return the role; raises `UnknownUnit`."""
        return RoleIn(self.role, None if self.unit is None else unit_with(session, self.unit).id)


class RoleOption(click.ParamType[NamedRole]):
    """Reads ``operator`` (the whole tree) and ``unit_head@KODE``."""

    name = "PERAN[@UNIT]"

    def convert(
        self,
        value: Any,  # noqa: ANN401
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> NamedRole:
        """Return the role as it was typed."""
        if isinstance(value, NamedRole):
            return value
        role, at, unit = str(value).partition("@")
        if role not in set(Role) or (at and not unit):
            known = ", ".join(Role)
            self.fail(f"“{value}” bukan peran; pilih dari {known}, misalnya hr@KODE.", param, ctx)
        return NamedRole(Role(role), unit or None)
