"""What the tests' releases hold is read back as it was given."""

from sqlmodel import Session

from aggregation.method.cuts import Cut
from aggregation.months.period import Period
from aggregation.months.released import released
from survey.questionnaire import Element
from tests.factories import make_unit
from tests.release_factories import made_counts, made_release


def test_a_made_release_reads_as_it_was_made(session: Session) -> None:
    unit_id, whole = make_unit(session), made_counts(40, seed=1)
    made_release(session, unit_id, "2026-Q3", made_counts(40, seed=2), responses=50)
    sexes = {"L": made_counts(25, seed=3), "P": None, "": None}
    made_release(
        session, unit_id, "2026-Q3", whole, {Cut.SEX: sexes},
        importance={Element.WAKTU: "0.61"}, responses=55, number=1,
    )  # fmt: skip
    read = released(session, unit_id, Period.parse("2026-Q3"))
    assert read is not None
    assert read.whole == whole
    assert dict(read.cuts[Cut.SEX]) == sexes
    assert (read.number, read.responses, str(read.importance[Element.WAKTU])) == (1, 55, "0.61")
