"""What is sent is recorded once, recognised for ever and never changed (method §8)."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from survey.channel import Channel
from survey.database import recording
from survey.desks import DeskClosed
from survey.intake import accept_response
from survey.services import UnknownService
from survey.submission import Acceptance, IdReused, NothingAnswered, Status, Submission, VisitProof
from tests.record_factories import (
    FULL,
    NOON,
    OCTOBER,
    RECEIPT_KEY,
    Office,
    an_office,
    everything_in,
    more_about,
    neighbour_of,
    rows_of,
    visit,
)

pytestmark = pytest.mark.every_database

A_YEAR = timedelta(days=365)


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine, services=["KK", "KIA"])


def full_visit(**changed: Any) -> Submission:  # noqa: ANN401 - handed on to visit()
    return visit(**{"overall": 4, **FULL, **changed})


def test_a_visit_is_recorded_and_gets_a_receipt(office: Office) -> None:
    accepted = office.send(visit(3))
    assert accepted.status is Status.RECORDED
    assert [row["overall"] for row in office.responses] == [3]


def test_the_same_id_and_content_get_the_same_receipt(office: Office) -> None:
    sent = full_visit()
    first, again = office.send(sent), office.send(sent)
    assert again == Acceptance(Status.KNOWN, first.receipt)
    assert len(office.responses) == len(office.followups) == 1


def test_a_resend_changes_nothing_that_is_stored(office: Office) -> None:
    sent = full_visit()
    office.send(sent)
    before = everything_in(office.engine)
    office.send(sent, at=NOON + timedelta(days=3))
    assert everything_in(office.engine) == before


def test_a_resend_is_known_a_year_later(office: Office) -> None:
    sent = full_visit()
    first = office.send(sent)
    assert office.send(sent, at=NOON + A_YEAR) == Acceptance(Status.KNOWN, first.receipt)


def test_a_resend_is_known_after_the_month_is_closed(office: Office) -> None:
    sent = full_visit()
    first = office.send(sent)
    office.close()
    assert office.send(sent, at=NOON + A_YEAR) == Acceptance(Status.KNOWN, first.receipt)
    assert [row["late"] for row in office.responses] == [False]


def test_a_resend_is_known_after_the_private_text_was_erased(office: Office) -> None:
    sent = full_visit()
    first = office.send(sent)
    office.change("DELETE FROM private_text")
    assert office.send(sent) == Acceptance(Status.KNOWN, first.receipt)


def test_a_resend_is_known_after_only_the_profile_was_erased(office: Office) -> None:
    sent = full_visit()
    first = office.send(sent)
    office.change("DELETE FROM private_text WHERE field <> 'COMMENT'")
    assert office.send(sent) == Acceptance(Status.KNOWN, first.receipt)


def test_a_comment_that_is_kept_is_compared_after_the_profile_was_erased(office: Office) -> None:
    sent = full_visit()
    office.send(sent)
    office.change("DELETE FROM private_text WHERE field <> 'COMMENT'")
    with pytest.raises(IdReused):
        office.send(full_visit(response_id=sent.id, comment="Lambat"))


def test_of_a_comment_that_is_erased_not_even_its_absence_is_compared(office: Office) -> None:
    sent = visit(1, comment="Cepat")
    first = office.send(sent)
    office.change("DELETE FROM private_text")
    assert office.send(visit(1, response_id=sent.id)) == Acceptance(Status.KNOWN, first.receipt)


def test_a_resend_that_leaves_out_a_kept_comment_is_other_content(office: Office) -> None:
    sent = visit(1, comment="Cepat")
    office.send(sent)
    with pytest.raises(IdReused):
        office.send(visit(1, response_id=sent.id))


def test_a_resend_is_known_on_a_desk_that_takes_no_new_responses(office: Office) -> None:
    sent = full_visit()
    first = office.send(sent)
    office.change("UPDATE desk SET active = false")
    assert office.as_it_is_now().send(sent) == Acceptance(Status.KNOWN, first.receipt)


def test_a_resend_is_known_after_its_service_was_given_up(office: Office) -> None:
    sent = full_visit()
    first = office.send(sent)
    office.change("UPDATE service SET active = false")
    assert office.send(sent) == Acceptance(Status.KNOWN, first.receipt)


def test_a_resend_is_known_after_desk_and_unit_were_renamed(office: Office) -> None:
    sent = full_visit()
    first = office.send(sent)
    office.change("UPDATE desk SET name = 'Loket 9', code = 'X'")
    office.change("UPDATE service_unit SET name = 'Dinas', time_zone = 'Asia/Jayapura'")
    assert office.as_it_is_now().send(sent) == Acceptance(Status.KNOWN, first.receipt)


def test_a_resend_is_known_after_the_desk_took_on_more_services(engine: Engine) -> None:
    office = an_office(engine, services=["KK"])
    sent = visit()
    first = office.send(sent)
    office.change("DELETE FROM desk_service")
    assert office.as_it_is_now().send(sent) == Acceptance(Status.KNOWN, first.receipt)


def test_a_corrected_time_of_service_is_not_other_content(office: Office) -> None:
    sent = full_visit()
    first = office.send(sent)
    corrected = replace(sent, served_at=NOON - timedelta(days=40))
    assert office.send(corrected) == Acceptance(Status.KNOWN, first.receipt)
    assert [row["month"] for row in office.responses] == [OCTOBER]


def test_a_phones_tap_is_known_after_its_followup(office: Office) -> None:
    tap = visit()
    first = office.send(tap, channel=Channel.DESK_QR)
    office.add(more_about(tap, **FULL))
    assert office.send(tap, channel=Channel.DESK_QR) == Acceptance(Status.KNOWN, first.receipt)


@pytest.mark.parametrize(
    "changed",
    [
        {"overall": 3},
        {"overall": None},
        {"service": "KIA"},
        {"WAKTU": 3},
        {"comment": "Cepat sekali"},
        {"comment": None},
        {"profile": {"SEX": "L", "AGE": "26-35"}},
        {"profile": {"SEX": "P"}},
        {"profile": {"SEX": "P", "AGE": "26-35", "EDUCATION": "S1"}},
        {"profile": {}},
    ],
    ids=str,
)
def test_other_content_under_a_known_id_is_refused(office: Office, changed: dict[str, Any]) -> None:
    sent = full_visit()
    office.send(sent)
    before = everything_in(office.engine)
    with pytest.raises(IdReused):
        office.send(full_visit(response_id=sent.id, **changed))
    assert everything_in(office.engine) == before


def test_one_element_less_or_more_is_other_content(office: Office) -> None:
    sent = visit(4, WAKTU=2)
    office.send(sent)
    with pytest.raises(IdReused):
        office.send(visit(4, response_id=sent.id))
    with pytest.raises(IdReused):
        office.send(visit(4, response_id=sent.id, WAKTU=2, BIAYA=4))


def test_a_comment_where_there_was_none_is_other_content(office: Office) -> None:
    sent = visit(4, WAKTU=2)
    office.send(sent)
    with pytest.raises(IdReused):
        office.send(visit(4, response_id=sent.id, WAKTU=2, comment="Ramah"))


def test_a_known_id_at_another_desk_is_refused(office: Office) -> None:
    sent = visit()
    office.send(sent)
    with pytest.raises(IdReused):
        neighbour_of(office).send(sent)


def test_a_known_id_in_another_unit_is_refused(office: Office) -> None:
    sent = visit()
    office.send(sent)
    with pytest.raises(IdReused):
        an_office(office.engine).send(sent)
    assert len(office.responses) == 1


def test_a_phone_that_taps_another_face_is_refused(office: Office) -> None:
    tap = visit(4)
    office.send(tap, channel=Channel.DESK_QR)
    with pytest.raises(IdReused):
        office.send(visit(1, response_id=tap.id), channel=Channel.DESK_QR)
    assert [row["overall"] for row in office.responses] == [4]


def test_a_response_without_any_rating_is_refused(office: Office) -> None:
    with pytest.raises(NothingAnswered):
        office.send(visit(None, comment="Tanpa nilai"))


@pytest.mark.parametrize("more", [{"service": "SIM"}, {"service": "KK-2"}])
def test_a_service_the_unit_does_not_give_leaves_nothing(
    office: Office, more: dict[str, Any]
) -> None:
    before = everything_in(office.engine)
    with pytest.raises(UnknownService):
        office.send(visit(**more))
    assert everything_in(office.engine) == before


def test_a_service_given_up_is_refused_for_new_responses(office: Office) -> None:
    office.change("UPDATE service SET active = false WHERE code = 'KK'")
    with pytest.raises(UnknownService):
        office.send(visit(service="KK"), channel=Channel.DESK_QR)


def test_a_closed_desk_takes_no_new_responses(office: Office) -> None:
    office.change("UPDATE desk SET active = false")
    with pytest.raises(DeskClosed):
        office.as_it_is_now().send(visit(), channel=Channel.DESK_QR)
    assert rows_of(office.engine, "known_response") == []


def test_what_a_tablet_kept_is_taken_although_desk_and_service_ended_since(office: Office) -> None:
    office.change("UPDATE desk SET active = false")
    office.change("UPDATE service SET active = false")
    kept = office.as_it_is_now().send(visit(service="KK"), channel=Channel.KIOSK)
    assert kept.status is Status.RECORDED
    assert office.responses[0]["service_id"] is not None


def test_a_tap_whose_clock_was_reset_has_no_half_hour(office: Office) -> None:
    office.send(replace(visit(), half_hour_known=False))
    [stored] = office.responses
    assert (stored["half_hour"], stored["late"]) == (None, False)


def test_a_tap_whose_month_is_uncertain_is_late(office: Office) -> None:
    office.send(replace(visit(), half_hour_known=False, month_known=False))
    assert [row["late"] for row in office.responses] == [True]


def test_a_refused_id_is_accepted_once_the_reason_is_gone(office: Office) -> None:
    sent = visit()
    office.change("UPDATE desk SET active = false")
    with pytest.raises(DeskClosed):
        office.as_it_is_now().send(sent, channel=Channel.DESK_QR)
    office.change("UPDATE desk SET active = true")
    assert office.as_it_is_now().send(sent, channel=Channel.DESK_QR).status is Status.RECORDED


def test_of_several_in_one_transaction_the_refused_one_leaves_nothing(office: Office) -> None:
    good, bad = visit(), visit(service="SIM")
    proof = VisitProof(office.desk, Channel.KIOSK)
    with recording(office.engine) as connection:
        for sent in (good, bad):
            with suppress(UnknownService):
                accept_response(connection, proof, sent, received_at=NOON, receipt_key=RECEIPT_KEY)
    assert [row["id"] for row in rows_of(office.engine, "known_response")] == [good.id]
    assert office.send(replace(bad, answers=good.answers)).status is Status.RECORDED
