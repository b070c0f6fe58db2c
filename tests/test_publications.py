"""Publishing a period and taking it back: facts that follow one another (method §11)."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.publishing.publications import (
    AlreadyPublished,
    Draft,
    NothingStands,
    OvertakenByRelease,
    digest_of,
    issues_of_period,
    issues_of_unit,
    publish,
    withdraw,
)
from survey.database import reading, writing
from survey.publication_models import CardFormat
from survey.published import card_of, document_of, issues_of, unit_tree
from survey.published_document import (
    State,
    Told,
    read_headline,
    write_document,
    write_headline,
)
from tests.publication_factories import (
    BY_HAND,
    PUBLISHED_AT,
    document_for,
    noted,
    published,
    release_period,
    released_unit,
)
from tests.record_factories import rows_of
from tests.statements import statements

BOTH = {(CardFormat.PNG, "id"): b"png-id", (CardFormat.PNG, "en"): b"png-en"}
LATER = Cause("Ratna", "Salah hitung", PUBLISHED_AT + timedelta(days=1), "ratna")
DONE = Told("Antre terlalu lama.", "Dua loket ditambah.", State.DONE)


def test_an_issue_says_what_its_draft_said_with_its_cards(session: Session) -> None:
    unit_id = released_unit(session)
    issue = published(session, unit_id, told=(DONE,), cards=BOTH)
    [found] = issues_of(session, unit_id)
    assert (found.id, found.number, found.period.text) == (issue.id, 1, "2026-Q3")
    assert document_of(session, found) == document_for(session, unit_id, told=(DONE,))
    cards = [card_of(session, found, CardFormat.PNG, code) for code in ("id", "en", "min")]
    assert cards == [b"png-id", b"png-en", b"png-id"]
    assert card_of(session, found, CardFormat.SVG, "id") is None


def test_the_newest_period_that_stands_is_the_headline_of_its_unit(session: Session) -> None:
    unit_id = released_unit(session)
    release_period(session, unit_id, "2026-10", (1, 2))
    for period in ("2026-10", "2026-Q3"):
        published(session, unit_id, period)
    assert [unit.headline and unit.headline.period for unit in unit_tree(session)] == ["2026-10"]
    withdraw(session, unit_id, "2026-10", LATER)
    document = document_for(session, unit_id)
    [unit] = unit_tree(session)
    assert unit.headline == read_headline(write_headline(document))
    assert unit.headline == read_headline(write_document(document))
    withdraw(session, unit_id, "2026-Q3", LATER)
    assert unit_tree(session) == ()


def test_the_same_is_not_published_twice(session: Session) -> None:
    unit_id = released_unit(session)
    published(session, unit_id)
    with pytest.raises(AlreadyPublished):
        published(session, unit_id, cause=LATER)
    assert published(session, unit_id, told=(DONE,), cause=LATER).number == 2
    assert [issue.number for issue in issues_of_period(session, unit_id, "2026-Q3")] == [1, 2]


def test_a_draft_of_an_older_release_is_not_published(session: Session) -> None:
    unit_id = released_unit(session)
    draft = Draft(unit_id, document_for(session, unit_id), {})
    release_period(session, unit_id, "2026-Q3", (1, 2), number=1)
    with pytest.raises(OvertakenByRelease):
        publish(session, draft, BY_HAND)
    assert published(session, unit_id).number == 1


def test_nothing_is_published_of_a_period_that_is_not_released(session: Session) -> None:
    unit_id = released_unit(session)
    made_up = replace(document_for(session, unit_id), period="2026-Q2")
    with pytest.raises(OvertakenByRelease):
        publish(session, Draft(unit_id, made_up, {}), BY_HAND)


def test_a_withdrawn_period_shows_nothing_until_it_is_published_anew(session: Session) -> None:
    unit_id = released_unit(session)
    published(session, unit_id)
    published(session, unit_id, told=(DONE,))
    withdraw(session, unit_id, "2026-Q3", LATER)
    assert issues_of(session, unit_id)[0].withdrawn_at == LATER.at
    assert all(each.withdrawn_at for each in issues_of_period(session, unit_id, "2026-Q3"))
    with pytest.raises(NothingStands):
        withdraw(session, unit_id, "2026-Q3", LATER)
    assert published(session, unit_id, told=(DONE,), cause=LATER).number == 3
    assert issues_of(session, unit_id)[0].withdrawn_at is None


def test_an_issue_is_known_by_its_release_and_digest_without_its_document(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        unit_id = released_unit(session)
        issue = published(session, unit_id)
        digest = digest_of(document_for(session, unit_id))
    with statements(sqlite_engine) as seen, writing(sqlite_engine) as session:
        assert issues_of_unit(session, unit_id) == {"2026-Q3": issue}
        noted(session, unit_id)
        withdraw(session, unit_id, "2026-Q3", LATER)
    assert (issue.release, issue.digest) == (0, digest)
    assert [each for each in seen if "document" in each] == []


def test_the_log_tells_who_published_and_who_took_back(engine: Engine) -> None:
    with writing(engine) as session:
        unit_id = released_unit(session)
        published(session, unit_id)
        withdraw(session, unit_id, "2026-Q3", LATER)
    acts = {row["act"]: row for row in rows_of(engine, "log_entry")}
    assert set(acts) == {"publication.issued", "publication.withdrawn"}
    assert acts["publication.issued"]["actor"] == "ratna"
    assert '"period": "2026-Q3"' in acts["publication.issued"]["facts"]
    assert "Salah hitung" not in acts["publication.withdrawn"]["facts"]
    assert "Salah hitung" in rows_of(engine, "log_detail")[0]["text"]


def test_two_who_press_at_once_publish_one_issue(engine: Engine) -> None:
    with writing(engine) as session:
        unit_id = released_unit(session)
    ends: list[str] = []

    def press() -> None:
        try:
            with writing(engine) as session:
                published(session, unit_id)
            ends.append("published")
        except AlreadyPublished:
            ends.append("known")

    both = [Thread(target=press) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(ends) == ["known", "published"]
    with reading(engine) as session:
        assert issues_of_unit(session, unit_id)["2026-Q3"].number == 1
