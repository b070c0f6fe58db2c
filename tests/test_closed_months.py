from sqlmodel import Session

from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.months.closed_months import closed_months, questionnaires_of_each
from aggregation.months.unit_list import units_to_list
from survey.models import ServiceUnit
from survey.month import Month
from survey.questionnaire import Element
from tests.questionnaires import alike
from tests.staff_factories import OCTOBER, SEPTEMBER, make_closed_month, make_office

SHEETS = [alike(4), {**alike(3), Element.WAKTU: 1}, alike(3)]


def test_the_counts_read_are_the_counts_written(session: Session) -> None:
    closing_id = make_closed_month(session, make_office(session), SHEETS)
    assert questionnaires_of_each(session, [closing_id]) == {
        closing_id: QuestionnaireCounts.of(SHEETS)
    }


def test_a_month_without_questionnaires_has_no_counts(session: Session) -> None:
    closing_id = make_closed_month(session, make_office(session), [], taps=12)
    assert questionnaires_of_each(session, [closing_id])[closing_id].n == 0


def test_months_come_newest_first_each_in_its_newest_revision(session: Session) -> None:
    unit_id = make_office(session)
    make_closed_month(session, unit_id, SHEETS, OCTOBER)
    make_closed_month(session, unit_id, SHEETS, SEPTEMBER)
    newest = make_closed_month(session, unit_id, SHEETS, SEPTEMBER, revision=1, taps=2, late=4)
    make_closed_month(session, make_office(session, "LAIN"), SHEETS, Month(2026, 8))
    october, september = closed_months(session, unit_id)
    assert (october.month, october.revision, october.responses, october.late) == (OCTOBER, 0, 3, 0)
    assert (september.closing_id, september.revision) == (newest, 1)
    assert (september.responses, september.late) == (5, 4)


def test_units_come_with_their_newest_month(session: Session) -> None:
    other_id = make_office(session, "B", "Unit B")
    make_office(session, "C", "Unit C")
    unit_id = make_office(session, "A", "Unit A")
    make_closed_month(session, unit_id, SHEETS, SEPTEMBER)
    make_closed_month(session, unit_id, SHEETS, OCTOBER)
    rows = session.execute(units_to_list({unit_id, other_id})).all()
    assert {(row.name, row.newest) for row in rows} == {("Unit A", OCTOBER), ("Unit B", None)}


def test_a_parent_that_may_not_be_seen_is_not_named(session: Session) -> None:
    city = make_office(session, "A", "Kota")
    dinas = make_office(session, "B", "Dinas")
    session.get_one(ServiceUnit, dinas).parent_id = city
    for seen, named in ((None, "Kota"), ({city, dinas}, "Kota"), ({dinas}, None)):
        rows = session.execute(units_to_list(seen)).all()
        assert [row.parent for row in rows if row.name == "Dinas"] == [named]
