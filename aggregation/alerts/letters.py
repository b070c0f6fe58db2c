"""The mails that tell of alerts: plain text, nobody's name in it, and nobody's figures."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from aggregation.access.invitation import Invited, invitation_language
from aggregation.alerts.mailed import Due
from aggregation.alerts.words import say
from aggregation.mail import Mail
from survey.language import Language, worded

MOST = 40
"""Alerts that one mail tells of; the inbox has the rest."""

DIGEST = worded("Nilai Loket: %(count)s hal menunggu Anda")
AT_ONCE = worded("Nilai Loket: tablet diam lebih dari satu jam")

_GREETING = worded("Yth. Bapak/Ibu,")
_MORE = worded("Dan %(count)s lainnya di kotak masuk.")
_WAY = worded("Buka kotak masuk, di sana ada tautan ke halaman untuk menanganinya:")
_END = worded(
    "Surat ini dikirim otomatis kepada yang dapat menanganinya. Untuk berhenti menerimanya, "
    "buka Akun saya:"
)


def letter(
    subject: str,
    to: Invited,
    dues: Sequence[Due],
    languages: Mapping[str, Language],
    staff_url: str,
) -> Mail:
    """Return the mail that tells somebody of alerts, by unit, in the language of the unit."""
    language = languages[invitation_language(to, list(languages))]
    parts = [language.say(_GREETING)]
    for name, of_unit in groupby(dues[:MOST], lambda due: due.unit.name):
        parts.append("\n".join([name, *(_line(due, language) for due in of_unit)]))
    if len(dues) > MOST:
        parts.append(language.say(_MORE) % {"count": language.number(len(dues) - MOST)})
    parts.append(f"{language.say(_WAY)}\n{staff_url}/kotak")
    parts.append(f"{language.say(_END)}\n{staff_url}/akun-saya")
    title = language.say(subject) % {"count": language.number(len(dues))}
    return Mail(to.email, title, "\n\n".join(parts) + "\n")


def _line(due: Due, language: Language) -> str:
    said = say(due.alert, due.unit, language)
    return f"- {said.sentence} {said.advice}"
