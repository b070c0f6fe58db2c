"""Typing paper questionnaires, one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from itsdangerous import BadSignature, Signer
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.changes.open_months import closed_months
from aggregation.paper.paper_sheet import PaperSheet
from aggregation.paper.typed_sheets import keep_typed, typed_since
from aggregation.site.duties.outage_form import DeskChoice
from aggregation.site.duties.outages import desk_choice
from aggregation.site.guard import cause, me, needs, unit, unit_today
from aggregation.site.paper.paper_form import Coded, PaperForm, unanswered
from aggregation.site.telling import complain, tell
from survey.answers import InvalidAnswers, check_answers
from survey.database import reading, writing
from survey.desks import NoDesk, RatedDesk, desk_by_id, four_answers
from survey.language import worded
from survey.models import ServiceUnit
from survey.month import Month
from survey.questionnaire import ORDERS, Element, ElementOrder
from survey.services import services_by_code
from survey.site import here
from survey.submission import IdReused
from survey.wording import questions_in

paper = Blueprint("paper", __name__)

DAY, DESK = "tanggal", "loket"
"""What the address keeps from one sheet to the next."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What the form offers."""

    desks: DeskChoice
    services: Coded
    biaya: tuple[str, str, str, str] | None
    typed: int


@paper.route("/unit/<code>/kertas", methods=["GET", "POST"])
@needs(Right.ENTER_PAPER)
def typed(code: str) -> str | tuple[str, int] | Response:
    """Type one sheet; the next one begins with the same day and desk."""
    form = PaperForm() if request.method == "POST" else _empty()
    with reading(here().engine) as session:
        offered = _offered(session)
    form.offer(offered.services)
    if request.method == "POST" and _kept(form, offered):
        desk = (form.desk.data or "").strip() or None
        return redirect(url_for("paper.typed", code=code, tanggal=form.day.data, loket=desk), 303)
    page = _page(form, offered)
    return (page, 422) if request.method == "POST" else page


def _empty() -> PaperForm:
    form = PaperForm(formdata=None, day=_asked_day(), desk=request.args.get(DESK, ""))
    form.sheet.data = _signed(uuid4())
    return form


def _asked_day() -> date:
    """Return the day of the address, if a sheet may have it, or the running one."""
    today = unit_today()
    try:
        return min(date.fromisoformat(request.args.get(DAY, "")), today)
    except ValueError:
        return today


def _offered(session: Session) -> Offered:
    row = session.get_one(ServiceUnit, unit().id)
    services = services_by_code(session, unit().id)
    return Offered(
        desk_choice(session),
        [(code, service.name) for code, service in services.items() if service.active],
        four_answers(row.biaya_answers),
        typed_since(session, unit(), me().key, _midnight(unit_today())),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(unit().time_zone)).astimezone(UTC)


def _page(form: PaperForm, offered: Offered) -> str:
    return render_template(
        "aggregation/paper/typed.html",
        form=form,
        desks=offered.desks,
        questions=questions_in(ElementOrder(unit().element_order), offered.biaya),
        ratings=form.ratings() if form.is_submitted() else {},
        missing=_missing(form) if form.is_submitted() else [],
        typed=offered.typed,
    )


def _missing(form: PaperForm) -> Sequence[Element]:
    """Return the elements to be answered still."""
    given = form.ratings()
    open_ones = unanswered(given, ORDERS[ElementOrder(unit().element_order)])
    return open_ones if not form.incomplete.data or not given else []


def _kept(form: PaperForm, offered: Offered) -> bool:
    """Keep what was typed; False with the errors beside the fields."""
    sheet_id = _unsigned(form.sheet.data or "")
    form.validate()
    sheet = _sheet(form, offered)
    if sheet_id is None:
        _begin_anew(form, worded("Halaman ini sudah terlalu lama terbuka. Tekan Simpan lagi."))
    if sheet is None or sheet_id is None:
        return False
    try:
        with writing(here().engine) as session:
            keep_typed(session, sheet_id, sheet, cause(), here().settings)
    except IdReused:
        _begin_anew(
            form,
            worded(
                "Lembar ini sudah tersimpan dengan isi lain. Jika ini lembar berikutnya, tekan "
                "Simpan lagi."
            ),
        )
        return False
    _tell(sheet.day)
    return True


def _begin_anew(form: PaperForm, said: str) -> None:
    form.sheet.data = _signed(uuid4())
    form.form_errors.append(said)


def _tell(day: date) -> None:
    with reading(here().engine) as session:
        number = typed_since(session, unit(), me().key, _midnight(unit_today()))
        is_late = Month.of(day) in closed_months(session, unit().id)
    if is_late:
        tell(
            worded(
                "Tersimpan sebagai terlambat, karena bulannya sudah ditutup. Lembar ke-%(number)s "
                "Anda hari ini."
            ),
            number=number,
        )
    else:
        tell(worded("Tersimpan. Lembar ke-%(number)s Anda hari ini."), number=number)


def _sheet(form: PaperForm, offered: Offered) -> PaperSheet | None:
    """Return what was typed; None with the errors beside the fields."""
    form.check_day(unit_today())
    slot, profile = form.slot(), form.profile()
    desk = form.desk_code(offered.desks)
    service = form.service_code([code for code, _ in offered.services])
    if _missing(form):
        complain(
            form.incomplete,
            worded("Pilih jawaban yang ditandai, atau centang ini jika memang kosong di lembar."),
        )
    if form.errors or form.day.data is None:
        return None
    ratings: Mapping[str, object] = {str(e): rating for e, rating in form.ratings().items()}
    by_name: Mapping[str, object] = {str(field): code for field, code in profile.items()}
    try:
        answers = check_answers(ratings, service, form.comment.data or None, by_name)
    except InvalidAnswers:
        complain(form.comment, worded("Terlalu panjang. Paling banyak 1.000 huruf."))
        return None
    return PaperSheet(form.day.data, slot, _desk(desk, offered.desks), answers)


def _desk(code: str | None, desks: DeskChoice) -> RatedDesk | NoDesk:
    if code is None:
        return NoDesk(unit().id, unit().time_zone)
    with reading(here().engine) as session:
        return desk_by_id(session.connection(), desks.by_code[code][0], here().settings.key("desk"))


def _signed(sheet_id: UUID) -> str:
    return _signer().sign(sheet_id.hex.encode()).decode()


def _unsigned(text: str) -> UUID | None:
    """Return the id that a page was handed out with; None if it is not ours, or another's."""
    try:
        return UUID(hex=_signer().unsign(text).decode())
    except (BadSignature, ValueError):
        return None


def _signer() -> Signer:
    return Signer(
        here().settings.key("typed sheet"),
        salt=f"{me().key} {unit().id}".encode(),
        key_derivation="hmac",
        digest_method=sha256,
    )
