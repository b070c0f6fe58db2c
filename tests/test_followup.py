"""A follow-up is recorded at most once, until 24 hours after the tap (method §8)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from survey.channel import Channel
from survey.followups import FollowupAfterClose, FollowupTooLate, UnknownResponse
from survey.services import UnknownService
from survey.submission import Acceptance, IdReused, NothingAnswered, Status
from tests.record_factories import (
    FULL,
    NINE,
    NOON,
    Office,
    an_office,
    everything_in,
    more_about,
    visit,
)

A_YEAR = timedelta(days=365)


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine, services=["KK", "KIA"])


def test_a_followup_adds_to_the_tap_and_changes_nothing_of_it(office: Office) -> None:
    tap = visit(2)
    receipt = office.send(tap, channel=Channel.DESK_QR).receipt
    tapped = office.responses
    assert office.add(more_about(tap, **FULL)) == Acceptance(Status.RECORDED, receipt)
    assert office.responses == tapped
    assert [office.followups[0][code.lower()] for code in NINE] == list(NINE.values())


def test_the_same_followup_is_known(office: Office) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    first = office.add(more_about(tap, **FULL))
    before = everything_in(office.engine)
    assert office.add(more_about(tap, **FULL)) == Acceptance(Status.KNOWN, first.receipt)
    assert everything_in(office.engine) == before


@pytest.mark.parametrize(
    "changed",
    [{"WAKTU": 1}, {"service": "KIA"}, {"service": None}, {"comment": "Lambat"}, {"profile": {}}],
    ids=str,
)
def test_another_followup_is_refused(office: Office, changed: dict[str, Any]) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    office.add(more_about(tap, **FULL))
    before = everything_in(office.engine)
    with pytest.raises(IdReused):
        office.add(more_about(tap, **{**FULL, **changed}))
    assert everything_in(office.engine) == before


def test_a_followup_is_taken_until_24_hours_after_the_tap(office: Office) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    assert office.add(more_about(tap, **NINE), at=NOON + timedelta(hours=24)).status == "recorded"


def test_a_followup_later_than_24_hours_is_refused(office: Office) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    with pytest.raises(FollowupTooLate):
        office.add(more_about(tap, **NINE), at=NOON + timedelta(hours=24, seconds=1))
    assert office.followups == []


def test_a_followup_after_the_close_is_refused(office: Office) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    office.close()
    with pytest.raises(FollowupAfterClose):
        office.add(more_about(tap, **NINE))
    assert office.followups == []


def test_a_known_followup_is_recognised_too_late_after_the_close_and_erased(
    office: Office,
) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    first = office.add(more_about(tap, **FULL))
    office.close()
    office.change("DELETE FROM private_text")
    office.change("UPDATE service SET active = false")
    again = office.add(more_about(tap, **FULL), at=NOON + A_YEAR)
    assert again == Acceptance(Status.KNOWN, first.receipt)


def test_a_followup_of_nothing_is_refused(office: Office) -> None:
    with pytest.raises(UnknownResponse):
        office.add(more_about(visit(), **NINE))


def test_a_followup_from_another_unit_is_refused(office: Office) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    with pytest.raises(UnknownResponse):
        an_office(office.engine).add(more_about(tap, **NINE))


def test_an_empty_followup_is_refused(office: Office) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    with pytest.raises(NothingAnswered):
        office.add(more_about(tap))


def test_a_followup_may_tell_nothing_but_the_service(office: Office) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    assert office.add(more_about(tap, service="KK")).status is Status.RECORDED


def test_a_followup_with_a_service_the_unit_does_not_give_leaves_nothing(office: Office) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    with pytest.raises(UnknownService):
        office.add(more_about(tap, service="SIM"))
    assert office.followups == []


def test_a_followup_with_a_service_given_up_is_refused(office: Office) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    office.change("UPDATE service SET active = false WHERE code = 'KK'")
    with pytest.raises(UnknownService):
        office.add(more_about(tap, service="KK"))
