"""Sealing days: each day that is over gets a tree and a link, once (method §8)."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from survey.database import reading, writing
from survey.merkle import EMPTY_ROOT, root_of
from survey.seal_chain import OtherKey, chain, last_link, link_on
from survey.seal_models import SealKind
from survey.seal_text import faults_of
from survey.sealing import leaves_of, seal_days
from tests.seal_factories import NIGHT, new_key, rated_days


def test_each_day_that_is_over_is_sealed_once(engine: Engine) -> None:
    first = rated_days(engine, days=3)
    key = new_key()
    days = seal_days(engine, key, NIGHT)
    assert days[0] == first
    assert days == [first + timedelta(days=n) for n in range(len(days))]
    assert seal_days(engine, key, NIGHT) == []
    with reading(engine) as session:
        links = list(chain(session))
        leaves = leaves_of(session, first, days[-1])
    assert [link.subject for link in links] == [day.isoformat() for day in days]
    assert list(faults_of(links)) == []
    for day, link in zip(days, links, strict=True):
        digests = sorted(leaf.digest for leaf in leaves.get(day, []))
        assert link.facts["root"] == root_of(digests).hex()
        assert link.facts["count"] == len(digests)
    assert root_of([]) == EMPTY_ROOT
    assert sum(int(str(link.facts["count"])) for link in links) == 12 + 6 + 3


def test_a_day_s_seal_does_not_tell_how_many_rated(engine: Engine) -> None:
    rated_days(engine, days=1)
    seal_days(engine, new_key(), NIGHT)
    with reading(engine) as session:
        link = last_link(session)
    assert link is not None
    of_the_chain = {"seal", "number", "previous", "kind", "subject", "key"}
    assert link.facts.keys() - of_the_chain == {"root", "count", "sealed_at"}


def test_a_day_that_is_not_over_is_not_sealed(engine: Engine) -> None:
    first = rated_days(engine, days=3)
    seal_days(engine, new_key(), NIGHT - timedelta(days=20))
    with reading(engine) as session:
        assert link_on(session, SealKind.DAY, first.isoformat()) is None


def test_another_key_cannot_go_on_with_the_chain(engine: Engine) -> None:
    rated_days(engine, days=1)
    seal_days(engine, new_key(), NIGHT)
    with pytest.raises(OtherKey):
        seal_days(engine, new_key(), NIGHT + timedelta(days=1))


@pytest.mark.parametrize("change", ["DELETE FROM seal", "UPDATE response SET overall = 1"])
def test_what_is_written_once_is_never_changed(engine: Engine, change: str) -> None:
    rated_days(engine, days=1)
    seal_days(engine, new_key(), NIGHT)
    with pytest.raises(DBAPIError, match="written once"), writing(engine) as session:
        session.execute(text(change))
