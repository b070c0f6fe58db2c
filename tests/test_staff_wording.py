from collections.abc import Mapping
from functools import cache

from aggregation.app import FOLDER
from aggregation.method.grades import GRADES_2004, GRADES_2017
from survey.language import TRANSLATIONS, load_languages
from survey.questionnaire import ITEMS
from tests.messages import messages_of, said_by_modules, said_by_templates

OWN = FOLDER / "translations"
ENGLISH = load_languages(["en"], (TRANSLATIONS, OWN))["en"].messages


@cache  # only by the process that asks: finding them takes seconds
def said() -> set[str]:
    return (
        said_by_templates(["aggregation"])
        | said_by_modules(["aggregation"])
        | {item.short for item in ITEMS.values()}
        | {grade.category for grade in (*GRADES_2017, *GRADES_2004)}
    )


def test_english_lacks_no_message_of_the_staff_site() -> None:
    assert said() - ENGLISH.keys() == set()


def test_a_message_without_english_is_found() -> None:
    new = set(messages_of(b'{{ _("Kalimat baru tanpa terjemahan") }}'))
    assert new - ENGLISH.keys() == new


def test_english_translates_nothing_that_the_staff_site_no_longer_says() -> None:
    assert load_languages(["en"], (OWN,))["en"].messages.keys() - said() == set()


def otherwise_filled(messages: Mapping[str, str]) -> list[str]:
    """Return the Indonesian texts whose translation fills in something else, or marks it so."""

    def filled(message: str) -> tuple[list[str], int]:
        blanks = [part.partition(")s")[0] for part in message.split("%(")[1:]]
        return sorted(blanks), message.count("<b>")

    return [text for text, english in messages.items() if filled(english) != filled(text)]


def test_a_translation_fills_in_what_the_indonesian_text_does() -> None:
    assert otherwise_filled(load_languages(["en"], (OWN,))["en"].messages) == []


def test_a_translation_that_loses_a_name_or_its_weight_is_found() -> None:
    text = "<b>%(name)s</b>: %(n)s"
    wrong = {text: "<b>%(name)s</b>", f"{text}.": "%(name)s: %(n)s."}
    right = {f"{text};": "%(n)s <b>%(name)s</b>;"}
    assert otherwise_filled(wrong | right) == list(wrong)
