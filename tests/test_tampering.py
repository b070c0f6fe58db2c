"""Whoever has every right on the database cannot change what is recorded unseen (method §8).

Eight attacks, each in a careless form and in forms in which the attacker mends ever more of what
would give him away. A control shows that no part of the check is idle.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, delete, select, update

from aggregation.closings import OfficerFigure
from aggregation.months.figure_rows import PERSONAL
from aggregation.proof.verify import verify
from survey.database import writing
from survey.difference import Difference, Kind
from survey.leaf import leaf_entry
from survey.merkle import leaf_digest
from survey.models import PrivateText, table_of
from survey.seal_chain import append
from survey.seal_models import SealKind
from survey.seal_text import ROTATED, Link
from survey.sealing import seal_days
from survey.signing import SealKey
from tests.seal_factories import new_key
from tests.tamper_attacks import (
    ATTACKS,
    RESPONSE,
    SEAL,
    Care,
    a_rating,
    change,
    cut_the_tail,
    number_of,
    undo_the_closings,
)
from tests.tamper_rights import Kept, every_right
from tests.tamper_world import (
    LAST_DAY,
    TONIGHT,
    SealedOffice,
    close_both,
    night,
    rate,
    sealed_office,
)

TOMORROW = TONIGHT + timedelta(days=1)
TWO_LAST_DAYS = date(2026, 11, 5)


def found(world: SealedOffice, against: Sequence[Link] = ()) -> Sequence[Difference]:
    return verify(world.engine, TONIGHT, against=against).differences


def named(differences: Collection[Difference]) -> set[str]:
    return {each.subject for each in differences}


def test_an_untouched_office_has_no_difference_whatever_goes_on(engine: Engine) -> None:
    world = sealed_office(engine)
    assert found(world, world.published) == []
    rate(world.other, TOMORROW)
    assert found(world, world.published) == []
    other_key = new_key()
    with writing(engine) as session:
        facts = {"next_key": other_key.raw.hex(), "why": ROTATED}
        append(session, world.key, SealKind.KEY, other_key.id, facts)
    night(engine, other_key, TOMORROW + timedelta(days=1))
    checked = verify(engine, TOMORROW + timedelta(days=1), against=world.published)
    assert checked.differences == []
    assert checked.notices == []


def test_what_may_be_erased_is_no_difference(engine: Engine) -> None:
    world = sealed_office(engine)
    texts, figures = table_of(PrivateText), table_of(OfficerFigure)
    with writing(engine) as session:
        session.execute(delete(texts).where(texts.c.field == "COMMENT"))
    assert found(world) == []
    with writing(engine) as session:
        session.execute(update(figures).values(dict.fromkeys(PERSONAL)))
        session.execute(delete(texts))
    assert found(world, world.published) == []


def test_each_attack_is_found_however_well_it_is_covered_up(engine: Engine) -> None:
    world, own_key = sealed_office(engine), new_key()
    kept = Kept(engine)
    for name, attack in ATTACKS.items():
        for care in Care if engine.dialect.name == "sqlite" else (Care.ROW, Care.SEAL):
            with every_right(engine) as session:
                done = attack(session, world, care, own_key)
            subjects = named(found(world))
            wanted = done.named_in(care)
            assert any(f"{each} ".startswith(f"{wanted} ") for each in subjects), (name, care)
            kept.put_back(engine)
    assert found(world) == []


def test_the_tail_is_missed_only_where_its_seals_were_published(engine: Engine) -> None:
    world = sealed_office(engine)
    with every_right(engine) as session:
        number = number_of(session, TWO_LAST_DAYS.isoformat())
        assert cut_the_tail(session, TWO_LAST_DAYS)
    assert found(world) == []
    assert verify(engine, TONIGHT).notices, "nobody sealed the last nights"
    seal_days(engine, world.key, TONIGHT)  # by whoever stole the key
    assert verify(engine, TONIGHT).notices == []
    assert found(world) == []
    cut = {f"seal {link.number}" for link in world.published if link.number >= number}
    assert named(found(world, world.published)) == cut
    assert named(found(world, [world.published[number]])) == {f"seal {number}"}
    assert named(found(world, world.published[:number])) == set()


@pytest.mark.parametrize("cut", ["seals", "rows"])
def test_half_a_tail_is_missed_without_any_published_seal(sqlite_engine: Engine, cut: str) -> None:
    world = sealed_office(sqlite_engine)
    with every_right(sqlite_engine) as session:
        if cut == "seals":
            number = number_of(session, LAST_DAY.isoformat())
            session.execute(delete(SEAL).where(SEAL.c.number >= number))
            expected = {f"day {LAST_DAY}"}
        else:
            rows = session.scalars(select(RESPONSE.c.id).where(RESPONSE.c.received_on == LAST_DAY))
            expected = {f"response {id_}" for id_ in rows}
            session.execute(delete(RESPONSE).where(RESPONSE.c.received_on == LAST_DAY))
    assert expected
    assert expected <= named(found(world))


def test_all_of_it_rebuilt_with_the_stolen_key_is_found_by_one_seal_published_earlier(
    engine: Engine,
) -> None:
    world = sealed_office(engine)
    rebuild(world, world.key)
    is_found_by_published_seals_alone(world)


def test_all_of_it_rebuilt_with_another_key_is_found_by_one_seal_published_earlier(
    sqlite_engine: Engine,
) -> None:
    world = sealed_office(sqlite_engine)
    rebuild(world, new_key())
    is_found_by_published_seals_alone(world)


def is_found_by_published_seals_alone(world: SealedOffice) -> None:
    assert found(world) == []
    assert verify(world.engine, TONIGHT).notices == []
    for published in (world.published, world.published[-1:]):
        differences = found(world, published)
        assert {each.kind for each in differences} == {Kind.PUBLISHED}
        assert f"seal {published[-1].number}" in named(differences)


def rebuild(world: SealedOffice, key: SealKey) -> None:
    """Change a rating, and do everything since over again as the product itself would."""
    with every_right(world.engine) as session:
        row = a_rating(session, world, overall=4)
        undo_the_closings(session)
        change(session, row, {"overall": 1})
        leaf = leaf_digest(leaf_entry("response", {**row, "overall": 1}))
        change(session, row, {"leaf": leaf})
    close_both(world.engine, world.office, world.other, key)
    night(world.engine, key, TONIGHT)
