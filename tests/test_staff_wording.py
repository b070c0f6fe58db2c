import pytest

from aggregation.app import FOLDER
from aggregation.method.grades import GRADES_2004, GRADES_2017
from survey.language import TRANSLATIONS, load_languages
from survey.questionnaire import ITEMS
from tests.messages import messages_of, said_by_modules, said_by_templates

OWN = FOLDER / "translations"
ENGLISH = load_languages(["en"], (TRANSLATIONS, OWN))["en"].messages
SAID = (
    said_by_templates(["aggregation"])
    | said_by_modules(["aggregation"])
    | {item.short for item in ITEMS.values()}
    | {grade.category for grade in (*GRADES_2017, *GRADES_2004)}
)


def test_english_lacks_no_message_of_the_staff_site() -> None:
    assert SAID - ENGLISH.keys() == set()


def test_a_message_without_english_is_found() -> None:
    new = set(messages_of(b'{{ _("Kalimat baru tanpa terjemahan") }}'))
    assert new - ENGLISH.keys() == new


def test_english_translates_nothing_that_the_staff_site_no_longer_says() -> None:
    assert load_languages(["en"], (OWN,))["en"].messages.keys() - SAID == set()


@pytest.mark.parametrize("text", sorted(load_languages(["en"], (OWN,))["en"].messages))
def test_a_translation_fills_in_what_the_indonesian_text_does(text: str) -> None:
    def blanks(message: str) -> list[str]:
        return sorted(part.partition(")s")[0] for part in message.split("%(")[1:])

    assert blanks(ENGLISH[text]) == blanks(text)
    assert ENGLISH[text].count("<b>") == text.count("<b>")
