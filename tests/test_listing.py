"""One way to search, sort and page, for every list of the staff site."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select
from sqlmodel import Session, col

from aggregation.site.listing import PER_PAGE, Listing, listed
from survey.database import reading, writing
from survey.models import Desk
from tests.staff_factories import make_office

SORTS = {"nama": (col(Desk.name), col(Desk.id)), "kode": (col(Desk.code),)}


@pytest.fixture
def desks(engine: Engine) -> Iterator[Session]:
    """Give 120 desks: three pages, the last one not full."""
    with writing(engine) as session:
        unit_id = make_office(session)
        session.add_all(
            Desk(
                unit_id=unit_id,
                code=f"L{number:03}",
                public_key=f"{number:06}",
                name=f"Loket {number % 7} 100%_{number:03}",
            )
            for number in range(120)
        )
    with reading(engine) as session:
        yield session


def page(session: Session, query: str) -> Listing[Any]:
    with Flask("list").test_request_context(f"/?{query}"):
        return listed(
            session,
            select(col(Desk.name), col(Desk.code)),
            sorts=SORTS,
            search_in=(col(Desk.name), col(Desk.code)),
            filters=("keadaan",),
        )


def codes(found: Listing[Any]) -> list[str]:
    return [row.code for row in found.rows]


def test_every_row_is_on_exactly_one_page(desks: Session) -> None:
    pages = [page(desks, f"hal={number}") for number in (1, 2, 3)]
    shown = [code for each in pages for code in codes(each)]
    assert sorted(shown) == [f"L{number:03}" for number in range(120)]
    assert [(each.first, each.last) for each in pages] == [(1, 50), (51, 100), (101, 120)]


def test_a_list_sorts_by_its_first_column_unless_asked(desks: Session) -> None:
    assert codes(page(desks, "")) != codes(page(desks, "urut=kode"))
    assert codes(page(desks, "urut=kode"))[:2] == ["L000", "L001"]
    assert codes(page(desks, "urut=-kode"))[:2] == ["L119", "L118"]


def test_every_word_of_a_search_must_be_found(desks: Session) -> None:
    assert page(desks, "cari=loket+3+l003").total == 1
    assert page(desks, "cari=LOKET").total == 120


@pytest.mark.parametrize(("search", "found"), [("100%", 120), ("0_1", 0), ("%_", 120), ("\\", 0)])
def test_signs_of_a_search_mean_themselves(desks: Session, search: str, found: int) -> None:
    with Flask("list").test_request_context("/", query_string={"cari": search}):
        listing = listed(desks, select(col(Desk.name)), sorts=SORTS, search_in=(col(Desk.name),))
    assert listing.total == found


@pytest.mark.parametrize(
    "query",
    ["hal=0", "hal=-1", "hal=x", "hal=99999999999", "hal=²", "urut=nip", "urut=-", "cari=%01"],
)
def test_an_address_that_makes_no_sense_is_no_error(desks: Session, query: str) -> None:
    assert page(desks, query).asked.page >= 1


def test_a_page_beyond_the_last_shows_the_last(desks: Session) -> None:
    assert page(desks, "hal=900").asked.page == 3


def test_a_list_without_rows_has_one_page(desks: Session) -> None:
    empty = page(desks, "cari=tidak+ada")
    assert (empty.total, empty.pages, empty.is_filtered) == (0, 1, True)


def test_the_way_to_another_page_keeps_what_was_asked(desks: Session) -> None:
    found = page(desks, "cari=loket&urut=-kode&keadaan=buka&lain=x")
    assert parse_qs(found.address(hal=2)[1:]) == {
        "cari": ["loket"], "urut": ["-kode"], "keadaan": ["buka"], "hal": ["2"],
    }  # fmt: skip


def test_sorting_anew_begins_at_the_first_page_and_turns_the_order(desks: Session) -> None:
    found = page(desks, "urut=kode&hal=2")
    assert parse_qs(found.sorted_by("kode")[1:]) == {"urut": ["-kode"]}
    assert parse_qs(found.sorted_by("nama")[1:]) == {"urut": ["nama"]}
    assert (found.direction("kode"), found.direction("nama")) == ("ascending", None)


def test_a_page_costs_two_statements(desks: Session) -> None:
    said: list[str] = []
    engine = desks.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    assert len(page(desks, "cari=loket").rows) == PER_PAGE
    assert len([each for each in said if each != "BEGIN"]) == 2
