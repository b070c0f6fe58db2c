"""The form of a new token: what for, which scopes, which branch, how long."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlmodel import Session, col
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from aggregation.access.api_tokens import LONGEST_NAME, MOST_DAYS, USUAL_DAYS, Wanted
from aggregation.access.roles import Right, Scope
from aggregation.access.token_scopes import TokenScope
from survey.language import worded
from survey.models import ServiceUnit
from survey.spoken import spoken

SCOPE_NAMES: Mapping[TokenScope, str] = {
    TokenScope.READ_SCORES: worded("Membaca nilai petugas dan penutupan bulan"),
    TokenScope.READ_INDICES: worded("Membaca indeks unit"),
    TokenScope.READ_UNITS: worded("Membaca daftar unit"),
    TokenScope.WRITE_VISITS: worded("Mengirim kunjungan dari mesin antrean"),
}
WHOLE_TREE = "*"
"""What the form sends for the whole tree, which no unit is called by."""

_DAYS: Mapping[int, str] = {
    30: worded("30 hari"),
    90: worded("90 hari"),
    USUAL_DAYS: worded("180 hari"),
    MOST_DAYS: worded("400 hari, paling lama"),
}


class Place(NamedTuple):
    """A branch that a token may be made for; None is the whole tree."""

    unit_id: int | None
    code: str
    name: str


def places_for(session: Session, scope: Scope) -> list[Place]:
    """Return the branches that somebody may make tokens for, by name."""
    ids = scope.units(Right.MANAGE_TOKENS)
    rows = session.execute(
        select(col(ServiceUnit.id), col(ServiceUnit.code), col(ServiceUnit.name))
        .where(col(ServiceUnit.id).in_(ids))
        .order_by(col(ServiceUnit.name), col(ServiceUnit.id))
    )
    found = [Place(*row) for row in rows]
    if scope.may_everywhere(Right.MANAGE_TOKENS):
        return [Place(None, WHOLE_TREE, ""), *found]
    return found


class TokenForm(FlaskForm):  # type: ignore[misc]
    """What a new token is for."""

    name = StringField(
        worded("Nama program"),
        [
            DataRequired(worded("Isi nama, supaya token ini dikenali di daftar.")),
            Length(max=LONGEST_NAME, message=worded("Paling panjang 120 huruf.")),
        ],
        description=worded("Misalnya: SIMPEG BKPSDM, atau mesin antrean lobi."),
    )
    scopes = SelectMultipleField(
        worded("Hak akses"),
        [InputRequired(worded("Pilih paling sedikit satu."))],
        description=worded("Beri hanya yang perlu. Anda hanya dapat memberi hak yang Anda punya."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    unit = SelectField(
        worded("Berlaku untuk"),
        description=worded("Unit ini dan semua unit di bawahnya."),
    )
    days = SelectField(worded("Lama berlaku"), default=str(USUAL_DAYS))

    def offer(self, scopes: Iterable[TokenScope], places: Iterable[Place]) -> None:
        """Offer these scopes and branches."""
        say = spoken().say
        self.scopes.choices = [(scope.value, SCOPE_NAMES[scope]) for scope in scopes]
        self._places = {place.code: place for place in places}
        self.unit.choices = [
            (code, place.name or say(worded("Semua unit"))) for code, place in self._places.items()
        ]
        self.days.choices = [(str(days), say(words)) for days, words in _DAYS.items()]

    def wanted(self) -> Wanted:
        """Return the token that is asked for."""
        return Wanted(
            name=(self.name.data or "").strip(),
            scopes=frozenset(map(TokenScope, self.scopes.data or ())),
            unit_id=self._places[self.unit.data].unit_id,
            days=int(self.days.data),
        )

    def refuse(self, scope: TokenScope) -> None:
        """Say that a scope may not be given in the branch that was chosen."""
        sentence = spoken().say(
            worded("Di unit itu Anda sendiri tidak punya hak ini: %(scope)s. Pilih unit lain.")
        )
        words = spoken().say(SCOPE_NAMES[scope])
        self.scopes.errors = [sentence % {"scope": words}]
