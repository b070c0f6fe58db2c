"""The service of a response: the desk's only one, or the one told; otherwise unknown (§4.6)."""

import pytest
from sqlalchemy import Engine

from survey.channel import Channel
from survey.services import UnknownService
from tests.record_factories import Office, an_office, more_about, rows_of, visit


def services_told(office: Office, table: str = "response") -> list[str | None]:
    code = {row["id"]: row["code"] for row in rows_of(office.engine, "service")}
    return [code.get(row["service_id"]) for row in rows_of(office.engine, table)]


def test_a_desk_with_one_service_tells_the_service(engine: Engine) -> None:
    office = an_office(engine, services=["KK"])
    office.send(visit())
    assert services_told(office) == ["KK"]


def test_a_service_that_is_told_goes_before_the_desks_only_one(engine: Engine) -> None:
    office = an_office(engine, services=["KK"])
    office.send(visit(service="AKTA"))
    assert services_told(office) == ["AKTA"]


@pytest.mark.parametrize("services", [[], ["KK", "KIA"]], ids=["none named", "two"])
def test_the_service_is_unknown_where_it_could_be_several(
    engine: Engine, services: list[str]
) -> None:
    office = an_office(engine, services=services)
    office.send(visit())
    assert services_told(office) == [None]


def test_the_followup_tells_the_service_and_leaves_the_tap_as_it_is(engine: Engine) -> None:
    office = an_office(engine, services=["KK", "KIA"])
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    office.add(more_about(tap, service="KIA"))
    assert services_told(office) == [None]
    assert services_told(office, "followup") == ["KIA"]


def test_another_units_service_is_unknown_here(engine: Engine) -> None:
    an_office(engine, services=["SIM"])
    with pytest.raises(UnknownService):
        an_office(engine).send(visit(service="SIM"))


def test_a_resend_that_tells_the_desks_only_service_by_name_is_the_same(engine: Engine) -> None:
    office = an_office(engine, services=["KK"])
    sent = visit()
    office.send(sent)
    assert office.send(visit(response_id=sent.id, service="KK")).status == "known"
