"""Forms of signing in and of one's own account."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from aggregation.access.known_accounts import NotAnEmail, spelled_email
from aggregation.access.password_rule import weakness_of
from survey.language import worded

_MISSING_PASSWORD = InputRequired(worded("Isi kata sandi."))
_NEW = {
    "label": worded("Kata sandi baru"),
    "description": worded(
        "Sedikitnya 12 karakter. Huruf, angka, spasi, dan tanda apa pun boleh dipakai."
    ),
}


def text_of(field: StringField) -> str:
    """Return what was typed into a field."""
    return field.data or ""


class SignInForm(FlaskForm):  # type: ignore[misc]
    """E-mail and password; what is wrong with them is said in one sentence, never which."""

    email = StringField(validators=[InputRequired(), Length(max=254)])
    password = StringField(validators=[InputRequired()])


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A code of the app, or a recovery code."""

    code = StringField(
        worded("Kode"),
        validators=[DataRequired(worded("Isi kodenya.")), Length(max=40)],
        filters=[lambda text: (text or "").strip()],
    )


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, for an account whose name and address must not be in it."""

    password = PasswordField(_NEW["label"], [_MISSING_PASSWORD], description=_NEW["description"])

    def __init__(self, own: Iterable[str] = ()) -> None:
        """Take what belongs to the account: its name and its address."""
        super().__init__()
        self._own = tuple(own)

    def own_words(self) -> tuple[str, ...]:
        """Return what anybody who knows the account would try first."""
        return self._own

    def validate_password(self, field: PasswordField) -> None:
        """Refuse a password that others would guess."""
        if weakness := weakness_of(text_of(field), self.own_words()):
            raise ValidationError(weakness)


class ChangePasswordForm(NewPasswordForm):
    """A new password, by whoever knows the current one."""

    current = PasswordField(worded("Kata sandi sekarang"), [_MISSING_PASSWORD])


class FirstOperatorForm(NewPasswordForm):
    """The first operator's name, address and password."""

    name = StringField(
        worded("Nama lengkap"),
        validators=[DataRequired(worded("Isi nama Anda.")), Length(max=120)],
        filters=[lambda text: (text or "").strip()],
    )
    email = EmailField(
        worded("Email dinas"),
        validators=[
            DataRequired(worded("Isi alamat email Anda.")),
        ],
        filters=[lambda text: (text or "").strip().lower()],
    )

    def validate_email(self, field: EmailField) -> None:
        """Refuse what mail could not be sent to."""
        try:
            spelled_email(text_of(field))
        except NotAnEmail as not_an_email:
            raise ValidationError(
                worded("Tulis alamat seperti nama@dinas.go.id.")
            ) from not_an_email

    def own_words(self) -> tuple[str, ...]:
        """Return the name and the address that are being given."""
        return (text_of(self.name), text_of(self.email))
