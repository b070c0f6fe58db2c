"""Two offices side by side, with one of everything that an address of the staff site can name."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import Engine, insert, select
from sqlmodel import Session, col
from werkzeug.routing import Rule
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.models import Account, ApiToken
from aggregation.access.roles import Role
from aggregation.appraisal.models import Letter, Objection, RevisionRequest
from aggregation.changes.batch import Cause, open_batch
from aggregation.closings import Closing, ClosingRule, OfficerFigure
from aggregation.models import Assignment, Officer
from aggregation.visits.models import Outage, SlipCount
from survey.database import writing
from survey.month import HalfHour, midnight
from survey.services import NamedService, add_services
from survey.set_up import add_desk
from tests.comment_factories import FIVE, released
from tests.fleet_factories import stand_tablet
from tests.improvement_factories import kept_proof, planned, released_quarter
from tests.month_factories import SmallOffice
from tests.publication_factories import noted, published
from tests.questionnaires import summing_to
from tests.report_factories import an_issued_report
from tests.rule_factories import make_draft
from tests.staff_factories import OCTOBER, make_account, make_closed_month, make_office, member

AT = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """An office, and what its addresses are made of, by endpoint family and argument."""

    unit_id: int
    code: str
    officer_id: int
    officer: str
    desk: str
    device: UUID
    service: int
    account: str
    outage: UUID
    batch: UUID
    slips: UUID
    token: UUID
    version: str
    objection: UUID
    request: UUID
    letter: UUID
    comment: UUID
    improvement: UUID
    proof: UUID
    report: UUID
    entry: UUID

    def filled(self, rule: Rule, default: object = None) -> dict[str, object]:
        """Return the arguments of a route, of this office; anything else is the default."""
        keys = {
            **dict.fromkeys(("accounts", "account_acts"), self.account),
            **dict.fromkeys(("officers", "recognition"), self.officer),
        }
        family = rule.endpoint.partition(".")[0]
        known: dict[str, object] = {
            "code": self.code,
            "desk": self.desk,
            "device": self.device,
            "key": keys.get(family, self.desk),
            "service": self.service,
            "outage": self.outage,
            "batch": self.batch,
            "slips": self.slips,
            "token_id": self.token,
            "unit_code": self.code,
            "officer_key": self.officer,
            "objection": self.objection,
            "request_id": self.request,
            "letter": self.letter,
            "comment": self.comment,
            "improvement": self.improvement,
            "period": str(OCTOBER),
            "report": self.report,
            "entry": self.entry,
            "year": 2026,
            "number": 0,
            "proof_id": self.proof,
            "version": self.version,
            "month": str(OCTOBER),
            "kind": _first_choice(rule) or "csv",
            "ending": "csv",
            "chart": "unsur",
            "half_hour": midnight(OCTOBER.first_day) + 18,
            "channel": "desk_qr",
            "role": "hr",
            "colour": "672a55",
            "name": "0" * 64,
            "token": "x",
        }
        if default is not None:
            return {name: known.get(name, default) for name in rule.arguments}
        return {name: known[name] for name in rule.arguments}

    def address(self, rule: Rule) -> str:
        """Return the address of a route with this office's objects in it."""
        built = rule.map.bind("127.0.0.1", "/staff").build(rule.endpoint, self.filled(rule))
        return str(built)


def make_place(session: Session, code: str) -> Place:
    """Make an office with a desk, a service, an officer, a closed month, an account and so on."""
    unit_id = make_office(session, code, f"Kantor {code.capitalize()}")
    services = add_services(session, unit_id, [NamedService("KK", "Kartu Keluarga")])
    desk = add_desk(session, unit_id, "L1", "Loket 1", service_ids=list(services.values()))
    officer = Officer(key=f"P-{code}", staff_number=f"{code}-1", name="Sari", employment="NON_ASN")
    session.add(officer)
    session.flush()
    batch = open_batch(session, unit_id, Cause("cli", "Awal", AT))
    common = {"unit_id": unit_id, "batch_id": batch}
    session.execute(
        insert(Assignment),
        {**common, "id": uuid4(), "officer_id": officer.id, "starts_on": date(2026, 1, 2)},
    )
    outage, day = uuid4(), midnight(date(2026, 11, 2))
    session.execute(
        insert(Outage),
        {**common, "id": outage, "starts": HalfHour(day + 16), "ends": HalfHour(day + 20),
         "reason": "Jaringan putus"},
    )  # fmt: skip
    slips = uuid4()
    session.execute(
        insert(SlipCount),
        {**common, "id": slips, "desk_id": desk.id, "starts": HalfHour(day + 16),
         "ends": HalfHour(day + 20), "first_number": 1, "last_number": 9},
    )  # fmt: skip
    closing_id = make_closed_month(session, unit_id, summing_to(300, 12))
    objection, request = objected(session, closing_id, officer.id or 0)
    account_id = make_account(
        session, RoleIn(Role.AUDITOR, unit_id), email=f"a@{code}.example".lower()
    )
    token = uuid4()
    session.execute(
        insert(ApiToken),
        {"id": token, "digest": code.encode().ljust(32), "hint": "nlk_", "name": "Kepegawaian",
         "scopes": "read:units", "unit_id": unit_id, "created_by": account_id, "created_at": AT,
         "expires_at": datetime(2027, 1, 1, tzinfo=UTC)},
    )  # fmt: skip
    improvement, proof = improved(session, unit_id)
    return Place(
        unit_id=unit_id,
        code=code,
        officer_id=officer.id or 0,
        officer=officer.key,
        desk=desk.public_key,
        device=stand_tablet(session, desk, AT),
        service=services["KK"],
        account=session.scalars(
            select(col(Account.key)).where(col(Account.id) == account_id)
        ).one(),
        outage=outage,
        slips=slips,
        batch=open_batch(session, unit_id, Cause("cli", "Sari sakit", AT), needs_approval=True),
        token=token,
        version=make_draft(session, unit_id, at=AT).version,
        objection=objection,
        request=request,
        letter=thanked(session, unit_id, officer.id or 0),
        comment=commented(session, unit_id, desk.id or 0),
        improvement=improvement,
        report=an_issued_report(session, unit_id, str(OCTOBER)),
        entry=made_public(session, unit_id),
        proof=proof,
    )


def objected(session: Session, closing_id: UUID, officer_id: int) -> tuple[UUID, UUID]:
    """Let the officer have figures and object to them, and somebody prepare a revision."""
    closing = session.get_one(Closing, closing_id)
    of_month = {"unit_id": closing.unit_id, "month": closing.month}
    whose = {"unit_id": closing.unit_id, "officer_id": officer_id, "closing_id": closing_id}
    rule = {"version": closing.rule_version, "document": closing.rule_document, "n": 0}
    session.execute(
        insert(ClosingRule), {**rule, "unit_id": closing.unit_id, "closing_id": closing_id}
    )
    figure = {"basis": "insufficient", "window_months": 1, "n": 0, "n_month": 0}
    session.execute(insert(OfficerFigure), {**whose, **figure})
    objection, request = uuid4(), uuid4()
    session.execute(
        insert(Objection),
        {**of_month, "id": objection, "officer_id": officer_id, "revision": 0, "filed_at": AT,
         "filed_by": "petugas", "text": "Jam itu bukan jam saya."},
    )  # fmt: skip
    session.execute(
        insert(RevisionRequest),
        {**of_month, "id": request, "based_on": 0, "requested_at": AT, "requested_by": "penyusun",
         "ground": "late", "late_until": date(2026, 11, 3), "reason": "Tablet baru tersambung"},
    )  # fmt: skip
    return objection, request


def thanked(session: Session, unit_id: int, officer_id: int) -> UUID:
    """Let the officer have a letter of the closed month."""
    row = {"unit_id": unit_id, "month": OCTOBER, "officer_id": officer_id, "issued_by": "kepala"}
    at = datetime(2026, 11, 6, 2, 0, tzinfo=UTC)
    letter = {"id": uuid4(), "year": 2026, "number": 1, "issued_at": at, **row}
    session.execute(insert(Letter), letter)
    return UUID(str(letter["id"]))


def improved(session: Session, unit_id: int) -> tuple[UUID, UUID]:
    """Let the office have an action with a file that proves it."""
    released_quarter(session, unit_id)
    action = planned(session, unit_id)
    return action, kept_proof(session, unit_id, action)


def made_public(session: Session, unit_id: int) -> UUID:
    """Let the closed month be published, and an entry with a photo tell where it was shown."""
    published(session, unit_id, str(OCTOBER))
    return noted(session, unit_id, str(OCTOBER))


def commented(session: Session, unit_id: int, desk_id: int) -> UUID:
    """Let the office have comments, the first of them masked."""
    office = SmallOffice(unit_id, (desk_id,), (), (), ())
    return released(session, office, [*FIVE, "Anda tolol"])[0]


def somebody(app: Flask, engine: Engine, place: Place, role: Role) -> Client:
    """Return a browser in which somebody with a role in an office has signed in."""
    with writing(engine) as session:
        own = select(col(Account.id)).where(col(Account.officer_id) == place.officer_id)
        account_id = session.scalars(own).one_or_none() if role is Role.OFFICER else None
        account_id = account_id or make_account(
            session,
            RoleIn(role, place.unit_id),
            officer_id=place.officer_id if role is Role.OFFICER else None,
        )
    return member(app, engine, account_id=account_id)


def _first_choice(rule: Rule) -> str:
    """Return the first word that a route takes as its `kind`."""
    _, any_of, rest = rule.rule.partition("<any(")
    return rest.partition(")")[0].split(",")[0] if any_of else ""
