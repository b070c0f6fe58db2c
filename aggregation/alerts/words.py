"""What an alert says: one sentence of what is, one of what to do; the same in inbox and mail."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from aggregation.alerts.models import Alert, AlertKind
from survey.language import Language, worded
from survey.models import ServiceUnit
from survey.month import Month, time_zone


class Said(NamedTuple):
    """An alert in words of one language.

    Attributes
    ----------
    advice
        What to do, verb first.
    """

    sentence: str
    advice: str


KINDS: Mapping[AlertKind, str] = MappingProxyType(
    {
        AlertKind.DROP: worded("Nilai turun"),
        AlertKind.TABLET: worded("Tablet diam"),
        AlertKind.IMPROVEMENT: worded("Tenggat tindak lanjut"),
        AlertKind.QUARANTINE: worded("Menunggu pemeriksa"),
        AlertKind.COMMENT: worded("Komentar belum dibaca"),
        AlertKind.VERIFY: worded("Catatan tidak utuh"),
    }
)

_BELOW = worded(
    "IKM %(month)s adalah %(index)s, di bawah batas bawah naik-turun yang biasa (%(low)s)."
)
_FELL = worded(
    "IKM %(month)s adalah %(index)s, turun dari %(before)s; turunnya lebih besar dari kebetulan."
)
_SILENT = worded(
    "Tablet di %(desk)s tidak terhubung sejak %(day)s pukul %(clock)s, padahal loketnya melayani."
)
_LATE = worded("Tindak lanjut nomor %(number)s melewati tenggatnya, %(day)s.")
_DUE = worded("Tindak lanjut nomor %(number)s jatuh tempo %(day)s.")
_UNREVIEWED = worded(
    "%(count)s tanggapan yang ditahan menunggu pemeriksa, paling lama sejak %(day)s."
)
_UNREAD = worded("%(count)s komentar warga belum dibaca, paling lama sejak %(day)s.")
_BROKEN = worded("Pemeriksaan catatan menemukan baris yang berubah, bertambah, atau hilang.")

_ADVICE: Mapping[AlertKind, str] = MappingProxyType(
    {
        AlertKind.DROP: worded("Cari unsur dan loket yang turun, lalu sepakati satu perbaikan."),
        AlertKind.TABLET: worded(
            "Periksa daya dan jaringannya. Penilaian tersimpan di tablet sampai tersambung lagi."
        ),
        AlertKind.IMPROVEMENT: worded("Catat hasilnya, atau tetapkan tenggat baru."),
        AlertKind.QUARANTINE: worded("Putuskan dari keadaannya: dihitung atau tidak."),
        AlertKind.COMMENT: worded("Baca dan beri tanda; tutup yang sudah ditangani."),
        AlertKind.VERIFY: worded(
            "Jangan mengubah basis data. Catat waktunya dan beri tahu pengelola server."
        ),
    }
)


def say(alert: Alert, unit: ServiceUnit, language: Language) -> Said:
    """Return what an alert says in a language; times are the unit's own."""
    kind, facts = AlertKind(alert.kind), json.loads(alert.facts)
    sentence, blanks = _filled(kind, facts, unit, language)
    return Said(language.say(sentence) % blanks, language.say(_ADVICE[kind]))


def _filled(
    kind: AlertKind, facts: Mapping[str, str | int], unit: ServiceUnit, language: Language
) -> tuple[str, Mapping[str, str]]:
    match kind:
        case AlertKind.DROP:
            return _drop(facts, language)
        case AlertKind.TABLET:
            since = datetime.fromisoformat(str(facts["since"]))
            local = since.astimezone(time_zone(unit.time_zone))
            clock = f"{local:%H.%M}" if language.code != "en" else f"{local:%H:%M}"
            words = {"desk": str(facts["desk"]), "day": language.day(local.date()), "clock": clock}
            return _SILENT, words
        case AlertKind.IMPROVEMENT:
            number = language.number(int(facts["number"]))
            late = bool(facts["late"])
            return _LATE if late else _DUE, {
                "number": number,
                "day": _day(facts["due_on"], language),
            }
        case AlertKind.QUARANTINE | AlertKind.COMMENT:
            sentence = _UNREVIEWED if kind is AlertKind.QUARANTINE else _UNREAD
            count = language.number(int(facts["count"]))
            return sentence, {"count": count, "day": _day(facts["since"], language)}
        case AlertKind.VERIFY:
            return _BROKEN, {}


def _drop(facts: Mapping[str, str | int], language: Language) -> tuple[str, Mapping[str, str]]:
    month = language.month(Month.parse(str(facts["month"])))
    words = {"month": month, "index": _figure(facts["index"], language)}
    if "low" in facts:
        return _BELOW, {**words, "low": _figure(facts["low"], language)}
    return _FELL, {**words, "before": _figure(facts["before"], language)}


def _figure(stored: str | int, language: Language) -> str:
    return language.figure(Decimal(str(stored)))


def _day(stored: str | int, language: Language) -> str:
    return language.day(date.fromisoformat(str(stored)))
