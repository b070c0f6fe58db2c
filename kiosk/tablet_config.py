"""What a tablet is told of its desk: everything that it shows while there is no network."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlmodel import Session, col, select

from kiosk.screen_words import SCREEN_WORDS
from survey.desks import RatedDesk, services_to_ask
from survey.language import Language, both_offer
from survey.models import ServiceUnit
from survey.opening_hours import read_hours
from survey.questionnaire import QUICK_ITEM, Item
from survey.settings import Settings
from survey.units import accent_for
from survey.wording import PROFILE, nine_questions

_SPEECH = {"id": "id-ID", "en": "en-US", "min": "id-ID", "ace": "id-ID"}
"""The voice that reads a language aloud; Minangkabau and Acehnese have none of their own."""

_ETAG_LETTERS = 20


def tablet_config(
    session: Session, desk: RatedDesk, settings: Settings, languages: Mapping[str, Language]
) -> dict[str, Any]:
    """Return what `docs/tablet.md` calls the config of a desk's tablets, as JSON holds it.

    Its `etag` changes whenever anything else in it does.
    """
    accent = accent_for(session.connection(), desk.unit_id)
    offered = [languages[code] for code in both_offer(settings.languages, desk.languages)]
    told = {
        "public_url": settings.public_url,
        "unit": desk.unit_name,
        "desk": {
            "code": desk.code,
            "name": desk.name,
            "about": desk.about,
            "kind": desk.kind,
            "opens_with": desk.opens_with,
        },
        "services": [[code, name] for code, name in services_to_ask(session.connection(), desk)],
        "accent": accent,
        "accent_sheet": url_for("accents.sheet", colour=accent[1:]) if accent else None,
        "time_zone": desk.time_zone,
        "hours": _hours(session, desk),
        "languages": [_spoken(language, desk) for language in offered],
    }
    spelt = json.dumps(told, sort_keys=True, ensure_ascii=False).encode()
    return {"etag": hashlib.sha256(spelt).hexdigest()[:_ETAG_LETTERS], **told}


def _hours(session: Session, desk: RatedDesk) -> list[list[str] | None] | None:
    stored = select(ServiceUnit.opening_hours).where(col(ServiceUnit.id) == desk.unit_id)
    hours = read_hours(session.exec(stored).one())
    return None if hours is None else hours.told()


def _spoken(language: Language, desk: RatedDesk) -> dict[str, Any]:
    say = language.say
    return {
        "code": language.code,
        "name": language.name,
        "speech": _SPEECH[language.code],
        "awaits_speaker": language.awaits_speaker,
        "messages": {text: said for text in SCREEN_WORDS if (said := say(text)) != text},
        "quick": _asked(QUICK_ITEM, QUICK_ITEM.answers, language),
        "nine": [_asked(item, answers, language) for item, answers in nine_questions(desk)],
        "profile": [
            [name, say(label), [[code, say(words)] for code, words in options]]
            for name, label, options in PROFILE
        ],
    }


def _asked(item: Item, answers: tuple[str, ...], language: Language) -> dict[str, Any]:
    return {
        "code": item.code,
        "question": language.say(item.question),
        "answers": [language.say(words) for words in answers],
    }
