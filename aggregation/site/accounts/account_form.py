"""The form of an account: name, address, roles each for a unit, and whose it is."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlmodel import Session, col
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length

from aggregation.access.account_keeper import Keeper
from aggregation.access.accounts import RoleIn
from aggregation.access.known_accounts import LONGEST_NAME, NotAnEmail, spelled_email
from aggregation.access.role_names import ROLE_NAMES
from aggregation.access.roles import Role
from survey.language import worded
from survey.models import ServiceUnit
from survey.spoken import spoken

WHOLE_TREE = "*"
"""What a form sends for the whole tree, which no unit may be called."""

MOST_ROLES = 20
_INDENT = "\u2003"


class Place(NamedTuple):
    """A unit that roles may be granted for.

    Attributes
    ----------
    label
        Its name, indented as deep as it lies in the tree.
    """

    id: int | None
    code: str
    label: str


class RoleRow(Form):
    """A role, and the unit it holds for with all below it."""

    role = SelectField(worded("Peran"), validate_choice=False)
    unit = SelectField(worded("Berlaku untuk"), validate_choice=False)

    def offer(self, places: Sequence[Place]) -> None:
        """Offer all roles, and these units."""
        say = spoken().say
        roles = [(role.value, say(name)) for role, name in ROLE_NAMES.items()]
        units = [(place.code, place.label) for place in places]
        self.role.choices = [("", say(worded("Tanpa peran"))), *roles]
        self.unit.choices = units if len(units) == 1 else [("", say(worded("Pilih unit"))), *units]

    def validate_unit(self, field: SelectField) -> None:
        """Ask for a unit of the list wherever there is a role."""
        offered = {choice[0] for choice in field.choices or ()} - {""}
        if self.role.data and field.data not in offered:
            raise ValidationError(worded("Pilih unit tempat peran ini berlaku."))

    def chosen(self, places: Sequence[Place]) -> RoleIn | None:
        """Return the role of a row that has passed; None of an empty one."""
        if self.role.data not in set(Role):
            return None
        ids = {place.code: place.id for place in places}
        return RoleIn(Role(self.role.data), ids[str(self.unit.data)])


class OwnAccountForm(FlaskForm):  # type: ignore[misc]
    """One's own account: nobody changes his own roles."""

    name = StringField(
        worded("Nama lengkap"),
        [
            DataRequired(worded("Isi nama lengkapnya.")),
            Length(max=LONGEST_NAME, message=worded("Paling panjang 120 huruf.")),
        ],
        filters=[lambda text: (text or "").strip()],
    )


class AccountForm(OwnAccountForm):
    """An account as an operator edits it."""

    roles = FieldList(FormField(RoleRow), max_entries=MOST_ROLES)
    officer_number = StringField(
        worded("NIP atau nomor pegawai petugas"),
        description=worded("Hanya bila akun ini milik petugas loket. Kosongkan bila bukan."),
    )

    def offer(self, places: Sequence[Place]) -> None:
        """Offer units for each row of roles."""
        for row in self.roles:
            row.form.offer(places)

    def chosen_roles(self, places: Sequence[Place]) -> tuple[RoleIn, ...]:
        """Return the roles of a form that has passed."""
        rows = (row.form.chosen(places) for row in self.roles)
        return tuple(dict.fromkeys(role for role in rows if role is not None))


class NewAccountForm(AccountForm):
    """An account that is yet to be."""

    email = StringField(
        worded("Email"),
        [DataRequired(worded("Isi alamat emailnya."))],
        description=worded("Dipakai untuk masuk, dan ke sinilah undangan dikirim."),
    )

    def validate_email(self, field: StringField) -> None:
        """Ask for an address that mail can reach."""
        try:
            spelled_email(field.data or "")
        except NotAnEmail as error:
            message = worded("Tulis alamat email seperti nama@kantor.go.id.")
            raise ValidationError(message) from error


class EditAccountForm(AccountForm):
    """An account that is there already."""

    unlink = BooleanField(worded("Lepaskan dari petugas ini"))


def places_of(session: Session, keeper: Keeper) -> list[Place]:
    """Return where a keeper may grant roles: the whole tree, then units in the tree's order."""
    rows = session.execute(
        select(
            col(ServiceUnit.id),
            col(ServiceUnit.parent_id),
            col(ServiceUnit.code),
            col(ServiceUnit.name),
        )
        .where(col(ServiceUnit.id).in_(keeper.units))
        .order_by(col(ServiceUnit.name), col(ServiceUnit.id))
    ).all()
    below: dict[int | None, list[Any]] = {}
    for row in rows:
        above = row.parent_id if row.parent_id in keeper.units else None
        below.setdefault(above, []).append(row)
    whole = Place(None, WHOLE_TREE, spoken().say(worded("Semua unit")))
    return [*([whole] if keeper.has_whole_tree else []), *_in_order(below, None, 0)]


def _in_order(below: dict[int | None, list[Any]], above: int | None, depth: int) -> list[Place]:
    places = []
    for row in below.get(above, ()):
        places.append(Place(row.id, row.code, f"{_INDENT * depth}{row.name}"))
        places += _in_order(below, row.id, depth + 1)
    return places


def rows_of(roles: Sequence[RoleIn], places: Sequence[Place], empty: int) -> list[dict[str, str]]:
    """Return what the rows of a form begin with: the roles there are, then empty ones."""
    codes = {place.id: place.code for place in places}
    there = [{"role": role.role.value, "unit": codes[role.unit_id]} for role in roles]
    return there + [{"role": "", "unit": ""} for _ in range(min(empty, MOST_ROLES - len(there)))]
