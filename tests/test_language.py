from datetime import date
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from sqlalchemy import Engine

from kiosk.app import public_site
from survey.database import writing
from survey.language import TRANSLATIONS, both_offer, choose, load_languages
from survey.month import Month
from survey.published_scale import GRADES
from survey.questionnaire import ITEMS
from survey.settings import HOME
from tests.factories import make_desk, make_unit, settings
from tests.messages import messages_of, official_wording, said_by_modules, said_by_templates

FOLDERS = (TRANSLATIONS, HOME / "kiosk" / "translations")
LANGUAGES = load_languages(["id", "en", "min", "ace"], FOLDERS)
DRAFTS = ("min", "ace")
NEEDED_ON_THE_FIRST_PAGE = [
    "Seberapa puas Anda dengan pelayanan di loket ini?",
    "Ketuk satu wajah. Langsung tercatat.",
    "Terima kasih, penilaian Anda sudah tercatat.",
]


@cache  # only by the process that asks: finding them takes seconds
def said() -> set[str]:
    return (
        said_by_templates(["survey", "errors", "kiosk"])
        | said_by_modules(["survey", "kiosk"])
        | {item.short for item in ITEMS.values()}
        | {grade.category for grade in GRADES}
    )


def missing(texts: set[str], code: str) -> set[str]:
    return texts - LANGUAGES[code].messages.keys()


def test_english_lacks_no_message_of_the_screens() -> None:
    assert missing(said(), "en") == set()


def test_english_lacks_no_official_wording() -> None:
    assert missing(official_wording(), "en") == set()


def test_a_message_without_english_is_found() -> None:
    new = set(messages_of(b'{{ _("Kalimat baru tanpa terjemahan") }}'))
    assert missing(said() | new, "en") == {"Kalimat baru tanpa terjemahan"}


def test_english_translates_nothing_that_is_no_longer_said() -> None:
    assert LANGUAGES["en"].messages.keys() - said() - official_wording() == set()


@pytest.mark.parametrize("code", DRAFTS)
def test_a_draft_says_the_core_sentences(code: str) -> None:
    assert missing(set(NEEDED_ON_THE_FIRST_PAGE), code) == set()


@pytest.mark.parametrize("code", DRAFTS)
def test_every_sentence_drafted_by_a_machine_awaits_a_native_speaker(code: str) -> None:
    with (TRANSLATIONS / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file)
    assert "menunggu penutur asli" in catalog.header_comment
    assert all(entry.fuzzy for entry in catalog if entry.id)
    assert LANGUAGES[code].awaits_speaker


def test_what_a_language_lacks_is_said_in_indonesian() -> None:
    assert LANGUAGES["min"].say("Coba lagi") == "Coba lagi"


def test_messages_of_several_folders_are_joined(tmp_path: Path) -> None:
    catalog = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text('msgid "Keluar"\nmsgstr "Sign out"\n')
    english = load_languages(["en"], (TRANSLATIONS, tmp_path))["en"]
    assert (english.say("Keluar"), english.say("Kirim lagi")) == ("Sign out", "Send again")


@pytest.mark.parametrize(
    ("code", "day", "month", "number"),
    [
        ("id", "5 Oktober 2026", "Oktober 2026", "1.046,25"),
        ("en", "5 October 2026", "October 2026", "1,046.25"),
        ("min", "5 Oktober 2026", "Oktober 2026", "1.046,25"),
    ],
)
def test_dates_and_numbers_are_written_as_the_country_writes_them(
    code: str, day: str, month: str, number: str
) -> None:
    language = LANGUAGES[code]
    written = language.day(date(2026, 10, 5)), language.month(Month(2026, 10))
    assert (*written, language.number(1046.25)) == (day, month, number)


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [
        ("en", ["id-ID"], "en"),
        (None, ["en-US", "id"], "en"),
        (None, ["jv", "in-ID"], "id"),
        ("fr", ["de"], "id"),
        (None, [], "id"),
    ],
)
def test_a_language_is_what_was_asked_then_what_the_browser_likes_then_the_first(
    asked: str | None, accepted: list[str], chosen: str
) -> None:
    assert choose(asked, accepted, ["id", "en"]) == chosen


def test_a_unit_offers_its_languages_as_far_as_the_site_allows() -> None:
    assert both_offer(["id", "en"], ["min", "en", "id"]) == ["en", "id"]
    assert both_offer(["id", "en"], ["min"]) == ["id", "en"]


def test_a_draft_language_is_offered_only_if_the_settings_name_it(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session, make_unit(session, languages="id,min"))
    for languages, note in (("id,en", False), ("id,min", True)):
        site = public_site(settings(NILAI_LANGUAGES=languages), sqlite_engine, lambda _: True)
        page = site.test_client().get(f"{desk.path}?lang=min").text
        assert ("Terjemahan ini menunggu penutur asli" in page) is note
        assert ("Saberapo puas" in page) is note


def test_a_page_without_a_draft_carries_no_note(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    page = public_site(settings(), sqlite_engine, lambda _: True).test_client().get(desk.path)
    assert "menunggu penutur asli" not in page.text
