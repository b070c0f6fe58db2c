"""Made-up months with everything that a statement has to tell, and a reader with a calculator."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import insert
from sqlmodel import Session, col, select

from aggregation.appraisal.statement import Statement, statement_of
from aggregation.changes.batch import Cause, open_batch
from aggregation.closings import Closing
from aggregation.method.officer_score import Reader
from aggregation.method.rule import DEFAULT_RULE, Rule
from aggregation.months.month_close import close_month
from aggregation.rules.rule_book import only
from aggregation.visits.models import Visit
from aggregation.visits.outages import declare_outage
from survey.models import Response
from survey.month import HalfHour, Month
from survey.screening_models import Finding
from tests.month_factories import (
    AUGUST,
    OCTOBER,
    SEPTEMBER,
    Seen,
    Shift,
    SmallOffice,
    at,
    small_office,
    store,
)

SARI, BUDI = 0, 1
ROSTER = (Shift(0, SARI, 1, 16, 24), Shift(0, BUDI, 1, 22, 24), Shift(0, BUDI, 2, 16, 30))
"""On Mondays from 11.00 on both are rostered at one desk, so the half hour is nobody's."""
MONDAYS = {AUGUST: 3, SEPTEMBER: 7, OCTOBER: 5}
NOVEMBER_5 = datetime(2026, 11, 5, 2, tzinfo=UTC)
NOVEMBER_9 = datetime(2026, 11, 9, 2, tzinfo=UTC)
FULL = {"perilaku": 4, "kompetensi": 4, "waktu": 3}
PARTLY = {"perilaku": 3, "kompetensi": 4}


def closed_on(month: Month) -> datetime:
    after = month.shift(1).first_day
    return datetime(after.year, after.month, 5, 2, tzinfo=UTC)


def told_office(
    session: Session, rule: Rule = DEFAULT_RULE, months: Sequence[Month] = tuple(MONDAYS)
) -> SmallOffice:
    """Close three months with outage, service mix, posters, late, held and silent responses."""
    office = small_office(session, ROSTER)
    for month in months:
        monday = MONDAYS[month]
        begins = HalfHour(at(monday, 10, month))
        cause = Cause("uji", "Jaringan pusat padam", closed_on(AUGUST))
        declare_outage(session, office.unit_id, None, (begins, HalfHour(begins + 2)), cause)
        store(session, office, saris(monday, month), month)
        tuesday = at(monday + 1, 9, month)
        theirs = [Seen(tuesday, overall=3, service=v % 2) for v in range(24)]
        store(session, office, theirs, month)
        hold_one(session, office, month, at(monday, 8, month))
        count_visits(session, office, month, {8: 2, 9: 54, 10: 4, 11: 1})
    for month in months:
        close(session, office, month, rule)
    return office


def saris(monday: int, month: Month) -> list[Seen]:
    """Return a month of the first officer: 34 count, 2 of them during an outage."""
    nine, eight = at(monday, 9, month), at(monday, 8, month)
    taps = [Seen(nine, overall=4 - (v % 9 == 0), service=0) for v in range(20)]
    whole = [Seen(nine, overall=4, service=1, nine=FULL) for _ in range(8)]
    partly = [Seen(nine, overall=None, channel="ticket", nine=PARTLY) for _ in range(4)]
    dark = [Seen(at(monday, 10, month), overall=2, service=0) for _ in range(2)]
    apart = [
        Seen(nine, overall=1, channel="desk_qr"),
        Seen(nine, overall=1, late=True),
        Seen(nine, overall=1, late=True),
        Seen(nine, overall=None, nine={"biaya": 4}),
        Seen(at(monday, 11, month), overall=4),
        Seen(eight, overall=4, service=0),
    ]
    return [*taps, *whole, *partly, *dark, *apart]


def hold_one(session: Session, office: SmallOffice, month: Month, half_hour: int) -> None:
    """Put the one response of a half hour into quarantine."""
    query = select(col(Response.id)).where(
        col(Response.unit_id) == office.unit_id, col(Response.half_hour) == half_hour
    )
    row = {"unit_id": office.unit_id, "month": month, "response_id": session.exec(query).one()}
    session.execute(insert(Finding), {**row, "reason": "burst", "found_on": month.first_day})


def count_visits(
    session: Session, office: SmallOffice, month: Month, served: Mapping[int, int]
) -> None:
    """Let so many visits have been served at the first desk from these hours on."""
    monday = MONDAYS[month]
    rows = [
        {
            "unit_id": office.unit_id,
            "desk_id": office.desks[0],
            "day": date(month.year, month.month, monday),
            "half_hour": at(monday, hour, month),
            "number": f"{hour}-{each}",
            "batch_id": open_batch(session, office.unit_id, Cause("uji", "", NOVEMBER_5)),
        }
        for hour, n in served.items()
        for each in range(n)
    ]
    session.execute(insert(Visit), rows)


def close(
    session: Session, office: SmallOffice, month: Month, rule: Rule = DEFAULT_RULE
) -> Closing:
    return close_month(
        session, office.unit_id, month, closed_by="Wati", at=closed_on(month), rules=only(rule)
    )


def revision_of(
    session: Session, office: SmallOffice, revision: int = 0, month: Month = OCTOBER
) -> Closing:
    query = select(Closing).where(
        col(Closing.unit_id) == office.unit_id,
        col(Closing.month) == month,
        col(Closing.revision) == revision,
    )
    return session.exec(query).one()


def told(
    session: Session,
    office: SmallOffice,
    officer: int = SARI,
    reader: Reader = Reader.OFFICER,
    *,
    revision: int = 0,
    month: Month = OCTOBER,
) -> Statement:
    closing = revision_of(session, office, revision, month)
    who = office.officers[officer]
    return statement_of(session, closing, who, reader, NOVEMBER_9, with_number=True)


_TOKEN = re.compile(r"\s*(\d+(?:\.\d{3})*(?:,\d+)?|[-−+×÷()])")


@dataclass
class Calculator:
    """Computes what is typed in as it is printed: 25 × (139,8333 + 30 × 3,2850) ÷ (40 + 30)."""

    typed: list[str]

    @classmethod
    def result_of(cls, expression: str) -> Fraction:
        typed, at_ = [], 0
        while at_ < len(expression.rstrip()):
            found = _TOKEN.match(expression, at_)
            assert found is not None, expression[at_:]
            typed.append(found[1])
            at_ = found.end()
        calculator = cls(typed)
        result = calculator._sum()
        assert not calculator.typed, expression
        return result

    def _sum(self) -> Fraction:
        result = self._product()
        while self.typed and self.typed[0] in "+−":
            sign = self.typed.pop(0)
            result += self._product() if sign == "+" else -self._product()
        return result

    def _product(self) -> Fraction:
        result = self._number()
        while self.typed and self.typed[0] in "×÷":
            sign, number = self.typed.pop(0), self._number()
            result = result * number if sign == "×" else result / number
        return result

    def _number(self) -> Fraction:
        token = self.typed.pop(0)
        if token == "(":
            result = self._sum()
            assert self.typed.pop(0) == ")"
            return result
        return number_of(token)


def number_of(printed: str) -> Fraction:
    """Read a number as it is printed in Indonesian: 1.046,50."""
    return Fraction(printed.replace(".", "").replace(",", ".").replace("−", "-"))


def on_paper(value: Fraction, like: str) -> str:
    """Round half up to the decimals of a printed number, by the school's rule."""
    places = len(like.partition(",")[2])
    scaled = value * 10**places
    whole = abs(scaled.numerator) // scaled.denominator
    if abs(scaled) - whole >= Fraction(1, 2):
        whole += 1
    printed = Decimal(whole if value >= 0 else -whole).scaleb(-places)
    return f"{printed:.{places}f}".replace(".", ",")
