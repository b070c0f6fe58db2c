"""Made-up closed months, and a browser that has signed in to the staff site."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import Engine, insert
from sqlmodel import Session, SQLModel
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn, add_account
from aggregation.access.one_time_link import Purpose, new_link
from aggregation.access.roles import WITH_SECOND_FACTOR, Role
from aggregation.access.staff_session import open_session
from aggregation.app import staff_site
from aggregation.closings import Closing, ElementTally, Tally, TotalTally
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.method.rule import DEFAULT_RULE
from aggregation.method.rule_text import canonical_json
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.site.guard import KEY
from survey.database import writing
from survey.models import ClosedMonth, ServiceUnit
from survey.month import Month
from survey.questionnaire import ElementOrder
from tests import sites
from tests.factories import settings
from tests.questionnaires import Ratings
from tests.release_factories import made_release
from tests.running_marks import next_mark

OCTOBER = Month(2026, 10)
SEPTEMBER = Month(2026, 9)
CLOSED_AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def make_closed_month(
    session: Session,
    unit_id: int,
    questionnaires: Iterable[Ratings],
    month: Month = OCTOBER,
    *,
    revision: int = 0,
    closed_at: datetime = CLOSED_AT,
    taps: int = 0,
    late: int = 0,
    release: bool = False,
) -> UUID:
    """Close a month with these full questionnaires, so many taps besides, and so many too late.

    Nothing is released unless told: the whole alone, then.
    """
    counts = QuestionnaireCounts.of(questionnaires)
    if not revision:
        row = {"unit_id": unit_id, "month": month, "closed_at": closed_at}
        session.execute(insert(ClosedMonth), row)
    closing = Closing(
        id=uuid4(),
        unit_id=unit_id,
        month=month,
        revision=revision,
        closed_at=closed_at,
        closed_by="cli",
        rule_version=DEFAULT_RULE.version,
        rule_document=canonical_json(DEFAULT_RULE),
        method_version="1",
        responses=counts.n + taps,
        figures_digest=bytes(32),
    )
    session.add(closing)
    session.flush()
    _store(session, ElementTally, closing, [
        {"element": element.value, "rating": rating, "count": count}
        for (element, rating), count in counts.ratings.items()
    ])  # fmt: skip
    if late:
        row = {"number": 1, "late": True, "combinations": f'{{"4---": {late}}}', "count": late}
        common = {"closing_id": closing.id, "unit_id": unit_id, "channel": "kiosk"}
        session.execute(insert(Tally), {**common, **row})
    totals = [{"total": total, "count": count} for total, count in counts.totals.items()]
    _store(session, TotalTally, closing, totals)
    if release:
        made_release(
            session,
            unit_id,
            str(month),
            counts if counts.n >= SMALLEST_CELL else None,
            number=revision,
            responses=closing.responses,
            released_at=closed_at,
            closings={str(month): closing.id},
        )
    return closing.id


def _store(
    session: Session, table: type[SQLModel], closing: Closing, rows: list[dict[str, Any]]
) -> None:
    common = {"closing_id": closing.id, "unit_id": closing.unit_id, "channel": "ticket"}
    if rows:
        session.execute(insert(table), [{**common, "id": uuid4(), **row} for row in rows])


def staff(engine: Engine, **environment: str) -> Flask:
    """Return the staff site on a database."""
    return sites.lend(
        engine,
        ("staff", *sorted(environment.items())),
        lambda: staff_site(settings(**environment), engine, lambda _connection: True),
    )


def visitor(app: Flask) -> Client:
    """Return a browser in front of the site, mounted under /staff as it is served."""
    return Client(DispatcherMiddleware(NotFound(), {"/staff": app}))


def make_account(
    session: Session,
    *roles: RoleIn,
    email: str | None = None,
    name: str = "Rina Contoh",
    officer_id: int | None = None,
    second_factor: bool = True,
) -> int:
    """Make an account and return its key; those who need a second factor have one."""
    address = email or f"{next_mark()}@contoh.example".lower()
    account = add_account(session, address, name, CLOSED_AT, roles, officer_id=officer_id)
    if second_factor and {each.role for each in roles} & WITH_SECOND_FACTOR:
        account.totp_secret, account.totp_since = b"x", CLOSED_AT
    session.flush()
    assert account.id is not None
    return account.id


def link(engine: Engine, at: datetime | None = None, *roles: RoleIn) -> str:
    """Return the address of a new sign-in link, of a unit head of the whole tree unless told."""
    with writing(engine) as session:
        account_id = make_account(session, *(roles or [RoleIn(Role.UNIT_HEAD)]))
        moment = at or datetime.now(UTC)
        token = new_link(session, Purpose.SIGN_IN, moment, account_id=account_id)
        return f"/staff/masuk/{token}"


def csrf_token(page: TestResponse) -> str:
    """Return the hidden token of a page's first form."""
    [token, *_] = _TOKEN.findall(page.text)
    return str(token)


def press(client: Client, address: str) -> TestResponse:
    """Open a link and press its button."""
    return client.post(address, data={"csrf_token": csrf_token(client.get(address))})


def member(
    app: Flask,
    engine: Engine,
    *roles: RoleIn,
    account_id: int | None = None,
    verified: bool = True,
) -> Client:
    """Return a browser that has signed in: as a unit head of the whole tree, unless told.

    Its second factor has been given, unless told.
    """
    with writing(engine) as session:
        at = datetime.now(UTC)
        who = account_id or make_account(session, *(roles or [RoleIn(Role.UNIT_HEAD)]))
        key = open_session(session, who, at, verified=verified)
    client = visitor(app)
    client.set_cookie("nilai_staff", signed_cookie(app, {KEY: key}), path="/staff")
    return client


def signed_cookie(app: Flask, content: dict[str, str]) -> str:
    """Return a session's cookie as the site itself would write it."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps(content))


def send(client: Client, address: str, **fields: Any) -> TestResponse:  # noqa: ANN401
    """Open a page and send its form with these fields."""
    return client.post(address, data={"csrf_token": csrf_token(client.get(address)), **fields})


def make_office(
    session: Session,
    code: str = "DISDUKCAPIL-CONTOH",
    name: str = "Disdukcapil Kota Contoh",
    *,
    time_zone: str = "Asia/Jakarta",
    element_order: str = ElementOrder.BODY,
) -> int:
    """Make a unit and return its key."""
    unit = ServiceUnit(code=code, name=name, time_zone=time_zone, element_order=element_order)
    session.add(unit)
    session.flush()
    assert unit.id is not None
    return unit.id
