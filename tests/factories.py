"""Made-up units, desks, slips and visits; each test says only what it cares about."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlmodel import Session
from werkzeug.test import TestResponse

from survey.desks import RatedDesk, desk_by_id
from survey.models import Service, ServiceUnit
from survey.questionnaire import OVERALL, Element, ElementOrder
from survey.set_up import add_desk
from survey.settings import Settings, settings_from
from survey.tickets import issue_tickets
from tests.running_marks import next_mark

NOON = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)
"""A Monday, 12.00 in Jakarta: an office is open."""

SECRET = "tests-only-tests-only-tests-only-tests-only"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def settings(**environment: str) -> Settings:
    """Return settings as an installation of its own would have them."""
    given = {"NILAI_DATABASE_URL": "sqlite:///unused.db", "NILAI_SECRET_KEY": SECRET}
    return settings_from({**given, **environment})


KEYS = settings()


@dataclass(frozen=True, slots=True)
class MadeDesk:
    """A desk by its keys, usable after the session is gone."""

    id: int
    unit_id: int
    code: str
    service_ids: tuple[int, ...] = ()

    @property
    def path(self) -> str:
        return f"/l/{self.code}"


def make_unit(
    session: Session,
    *,
    time_zone: str = "Asia/Jakarta",
    languages: str = "id,en",
    element_order: ElementOrder = ElementOrder.BODY,
    biaya_answers: Sequence[str] | None = None,
) -> int:
    unit = ServiceUnit(
        code=f"UNIT-{next_mark()}",
        name="Disdukcapil Kota Contoh",
        time_zone=time_zone,
        languages=languages,
        element_order=element_order,
        biaya_answers=json.dumps(biaya_answers) if biaya_answers else None,
    )
    session.add(unit)
    session.flush()
    assert unit.id is not None
    return unit.id


def make_service(session: Session, unit_id: int, code: str, name: str | None = None) -> int:
    service = Service(unit_id=unit_id, code=code, name=name or code)
    session.add(service)
    session.flush()
    assert service.id is not None
    return service.id


def make_desk(
    session: Session,
    unit_id: int | None = None,
    *,
    name: str = "Loket 3",
    about: str = "KTP-el dan KK",
    services: Sequence[str] = ("KTP-EL",),
    active: bool = True,
    opens_with: str = "faces",
) -> MadeDesk:
    """Make a desk that gives the services, in a new unit unless one is named."""
    unit_id = unit_id or make_unit(session)
    service_ids = tuple(make_service(session, unit_id, code) for code in services)
    desk = add_desk(
        session,
        unit_id,
        f"L-{next_mark()}",
        name,
        about=about,
        opens_with=opens_with,
        service_ids=service_ids,
    )
    desk.active = active
    session.flush()
    rated = desk_by_id(session.connection(), desk.id or 0, KEYS.key("desk"))
    return MadeDesk(rated.id, unit_id, rated.code, service_ids)


def rated_desk(session: Session, desk: MadeDesk) -> RatedDesk:
    return desk_by_id(session.connection(), desk.id, KEYS.key("desk"))


def make_slip(session: Session, desk: MadeDesk) -> str:
    """Return the address of a new one-visit slip."""
    [issued] = issue_tickets(session, rated_desk(session, desk), 1, NOON.date())
    return f"/t/{issued.token}"


def hidden_fields(page: TestResponse) -> dict[str, str]:
    """Return the hidden fields of a page's first form."""
    form = page.text.partition("</form>")[0]
    return dict(_HIDDEN.findall(form))


def tap(client: FlaskClient, path: str, rating: int | str = 4) -> TestResponse:
    """Open a page and tap a face, as a phone does."""
    fields = hidden_fields(client.get(path))
    return client.post(path, data={**fields, OVERALL: str(rating)})


def follow(client: FlaskClient, path: str, thanks: TestResponse, **answers: str) -> TestResponse:
    """Send the questions of the page that thanked for a tap."""
    return client.post(f"{path}/lanjut", data={**hidden_fields(thanks), **answers})


def all_nine(rating: int = 4) -> dict[str, str]:
    """Return the nine answers of a form, all the same."""
    return {element.value: str(rating) for element in Element}
