"""The publication log, and the media as the ministry counts them (method §11)."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from aggregation.publishing.models import Medium, PublicationNote
from aggregation.publishing.publication_log import (
    LoggedShowing,
    NeverPublished,
    NotYetShown,
    Showing,
    media_of,
    note_showing,
    showings,
)
from survey.database import writing
from tests.publication_factories import LATER, PUBLISHED_AT, noted, published, released_unit

DAY = date(2026, 10, 6)


@pytest.fixture
def session(sqlite_engine: Engine) -> Iterator[Session]:
    with writing(sqlite_engine) as opened:
        yield opened


@pytest.fixture
def unit_id(session: Session) -> int:
    unit_id = released_unit(session)
    published(session, unit_id)
    return unit_id


def shown(*media: Medium) -> list[LoggedShowing]:
    return [
        LoggedShowing(uuid4(), Showing("2026-Q3", medium, DAY, "Lobi"), None, None, PUBLISHED_AT)
        for medium in media
    ]


@pytest.mark.parametrize(
    ("media", "on_page", "class_"),
    [
        ((), False, "0"),
        ((), True, "1"),
        ((Medium.WEBSITE,), True, "1"),
        ((Medium.SCREEN, Medium.SCREEN, Medium.PRESS), True, "3"),
        ((Medium.SCREEN, Medium.PRESS, Medium.SOCIAL, Medium.PRINTED), False, "4"),
        (tuple(Medium), True, ">4"),
    ],
)
def test_each_kind_of_medium_counts_once_and_our_own_page_is_a_website(
    media: tuple[Medium, ...], on_page: bool, class_: str
) -> None:
    assert media_of(shown(*media), is_on_public_page=on_page).class_ == class_


def test_entries_are_listed_by_day_and_year(session: Session, unit_id: int) -> None:
    noted(session, unit_id, medium=Medium.SOCIAL, on=date(2026, 11, 1))
    noted(session, unit_id, medium=Medium.PRESS, on=date(2025, 12, 31))
    found = [entry.showing.medium for entry in showings(session, unit_id)]
    assert found == [Medium.SOCIAL, Medium.PRESS]
    [of_2025] = showings(session, unit_id, 2025)
    assert (of_2025.showing.medium, of_2025.file_name) == (Medium.PRESS, "foto.png")
    assert showings(session, unit_id + 1) == []


def test_a_day_ahead_and_a_period_that_was_never_published_are_refused(
    session: Session, unit_id: int
) -> None:
    ahead = Showing("2026-Q3", Medium.PRESS, date(2026, 12, 2), "Koran")
    with pytest.raises(NotYetShown):
        note_showing(session, unit_id, ahead, None, LATER)
    unknown = Showing("2026-Q2", Medium.PRESS, DAY, "Koran")
    with pytest.raises(NeverPublished):
        note_showing(session, unit_id, unknown, None, LATER)
    assert showings(session, unit_id) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [({"medium": "radio"}, "medium_is_known"), ({"place": ""}, "place_is_said")],
)
def test_the_database_refuses_a_bad_entry(
    session: Session, unit_id: int, changed: dict[str, str], rule: str
) -> None:
    good = session.get_one(PublicationNote, noted(session, unit_id)).model_dump()
    bad = {**good, "id": uuid4(), **changed}
    with pytest.raises(IntegrityError, match=rule), session.begin_nested():
        session.execute(insert(PublicationNote), bad)
