"""A closing's manifest over the files that HR gets of it, from the rows they are written from."""

import hashlib
from datetime import datetime

from sqlmodel import Session

from aggregation.appraisal.monthly_scores import monthly_scores
from aggregation.closings import Closing
from aggregation.months.manifest import SignedManifest, manifest, signed
from aggregation.output.score_files import FORMATS
from survey.models import ServiceUnit
from survey.signing import SealKey


def closing_manifest(
    session: Session, closing: Closing, as_of: datetime, key: SealKey, staff_url: str
) -> SignedManifest:
    """Return the signed manifest of a revision as its files stood at a moment.

    Parameters
    ----------
    staff_url
        Where the staff site is; the files link to its statements.

    Raises
    ------
    MonthNotClosed, UnknownRevision
        If the revision was not yet made at that moment.
    """
    unit = session.get_one(ServiceUnit, closing.unit_id)
    scores = monthly_scores(
        session,
        unit,
        closing.month,
        as_of=as_of,
        staff_url=staff_url,
        revision=closing.revision,
    )
    files = {kind: hashlib.sha256(write(scores)).hexdigest() for kind, write in FORMATS.items()}
    return signed(manifest(closing, unit.code, as_of, files, len(scores.rows)), key)
