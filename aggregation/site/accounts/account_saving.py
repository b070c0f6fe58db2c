"""What an account's form does: the use cases it calls, and which field a refusal belongs to."""

from collections.abc import Mapping

from sqlmodel import Session

from aggregation.access.account_changes import NoOfficer, NoRole, Wanted, add, change
from aggregation.access.account_keeper import Keeper
from aggregation.access.account_switches import LastOperator, invite
from aggregation.access.accounts import EmailInUse, OfficerInUse
from aggregation.access.invitation import invited
from aggregation.access.known_accounts import Known
from aggregation.access.linked_officer import UnknownOfficer, officer_with_number
from aggregation.site.accounts.account_form import (
    AccountForm,
    EditAccountForm,
    NewAccountForm,
    OwnAccountForm,
    Place,
)
from aggregation.site.accounts.invitation_link import hand_over
from aggregation.site.guard import cause
from aggregation.site.telling import tell
from survey.database import writing
from survey.language import worded
from survey.site import here

REFUSALS: Mapping[type[Exception], tuple[str, str]] = {
    EmailInUse: ("email", worded("Alamat ini sudah dipakai akun lain. Pakai alamat lain.")),
    OfficerInUse: ("officer_number", worded("Petugas ini sudah punya akun.")),
    UnknownOfficer: (
        "officer_number",
        worded("Tidak ada petugas dengan nomor itu di unit Anda. Periksa nomornya."),
    ),
    NoOfficer: (
        "officer_number",
        worded("Isi nomornya, karena akun ini berperan sebagai petugas loket."),
    ),
    NoRole: ("roles", worded("Pilih sedikitnya satu peran.")),
    LastOperator: (
        "roles",
        worded("Ini operator terakhir untuk semua unit. Tambahkan yang lain dulu."),
    ),
}
"""The field that can mend what a use case refuses, and the words beside it."""


def explain(form: OwnAccountForm, refusal: Exception) -> None:
    """Put a refusal beside the field that can mend it."""
    field, sentence = next(v for kind, v in REFUSALS.items() if isinstance(refusal, kind))
    form[field].errors = [sentence]


def save_new(keeper: Keeper, form: NewAccountForm, places: list[Place]) -> str:
    """Add the account of a form, hand its invitation over, and return its key.

    Raises
    ------
    One of `REFUSALS`
        If it cannot be.
    """
    with writing(here().engine) as session:
        wanted = Wanted(
            form.name.data or "",
            form.chosen_roles(places),
            _named_officer(session, keeper, form),
        )
        key = add(session, keeper, form.email.data or "", wanted, cause()).key
        token = invite(session, keeper, key, cause())
        guest = invited(session, key)
    tell(worded("Akun %(name)s ditambahkan."), name=guest.name)
    hand_over(key, guest, token)
    return key


def save(keeper: Keeper, known: Known, form: OwnAccountForm, places: list[Place]) -> None:
    """Change an account as its form says; of one's own the name only.

    Raises
    ------
    One of `REFUSALS`
        If it may not be.
    """
    key, name, linked = known.account.key, form.name.data or "", known.account.officer_id
    with writing(here().engine) as session:
        wanted = Wanted(name, known.roles, linked)
        if isinstance(form, EditAccountForm):
            officer = _named_officer(session, keeper, form)
            kept = None if form.unlink.data else linked
            wanted = Wanted(name, form.chosen_roles(places), officer or kept)
        changed = change(session, keeper, key, wanted, cause())
    if changed:
        tell(worded("Akun %(name)s disimpan."), name=name)
    else:
        tell(worded("Tidak ada yang berubah."))


def _named_officer(session: Session, keeper: Keeper, form: AccountForm) -> int | None:
    number = (form.officer_number.data or "").strip()
    return officer_with_number(session, keeper, number) if number else None
