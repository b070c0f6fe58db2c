"""Both values stay visible: what an officer's figures were before they were revised (§8.3)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.closings import Closing, OfficerFigure
from aggregation.method.evidence import Basis
from aggregation.method.officer_score import Reader, may_read


@dataclass(frozen=True, slots=True)
class EarlierValue:
    """What an earlier revision said of an officer.

    Attributes
    ----------
    revision
        The last one that said so.
    raw, index
        The raw and the shrunk index; None where this reader gets no number.
    """

    revision: int
    n: int
    basis: Basis
    raw: Decimal | None
    index: Decimal | None


def earlier_values(
    session: Session, closing: Closing, officer_ids: Collection[int], reader: Reader
) -> Mapping[int, Sequence[EarlierValue]]:
    """Return by officer what the revisions before one said, the oldest first.

    Figures that a revision took over are said once; officers whose figures never moved are absent.

    Parameters
    ----------
    reader
        Who reads it: HR gets publishable numbers only, as on every other page.
    """
    rows = session.execute(
        select(OfficerFigure, col(Closing.revision))
        .join(Closing, col(Closing.id) == col(OfficerFigure.closing_id))
        .where(
            col(Closing.unit_id) == closing.unit_id,
            col(Closing.month) == closing.month,
            col(Closing.revision) <= closing.revision,
            col(OfficerFigure.officer_id).in_(officer_ids),
        )
        .order_by(col(Closing.revision))
    )
    said: defaultdict[int, dict[int, EarlierValue]] = defaultdict(dict)
    for figure, revision in rows:
        said[figure.officer_id][figure.computed_in] = _value(figure, revision, reader)
    return {
        officer_id: [by_origin[origin] for origin in sorted(by_origin)[:-1]]
        for officer_id, by_origin in said.items()
        if len(by_origin) > 1
    }


def _value(figure: OfficerFigure, revision: int, reader: Reader) -> EarlierValue:
    basis = Basis(figure.basis)
    raw, index = (
        Decimal(printed) if printed is not None and may_read(reader, basis) else None
        for printed in (figure.index_raw, figure.index_shrunk)
    )
    return EarlierValue(revision, figure.n, basis, raw, index)
