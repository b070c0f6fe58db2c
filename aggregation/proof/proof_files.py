"""The files of a proof: what an inspector needs to compute a month anew, signed as a whole (§8).

They hold a unit's rows with their salts and half hours. They are for who inspects, never for
publication (docs/proof.md).
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.closings import Closing
from aggregation.months.revisions import earlier_closings, revisions
from aggregation.months.rule_baselines import baselines_of
from aggregation.proof.proof_month import officer_keys, proof_month
from survey.merkle import canonical
from survey.models import ServiceUnit
from survey.month import Month, local_day, time_zone
from survey.seal_chain import OtherKey, chain
from survey.seal_models import SealedLeaf, SealKind
from survey.seal_text import Link, key_that_follows, written
from survey.signing import SealKey

FORMAT = "nilai-loket/proof/1"
"""What the signed text says it is, so that no other signature can stand in for it."""

Days = tuple[str, str]


class NoSuchRevision(LookupError):
    """The month is not closed, or has no revision of that number."""


class NotSealedYet(LookupError):
    """A month of the window has no seal yet; it gets one in the night after its close."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The files of a proof by name, and the revision that they prove."""

    closing_id: UUID
    revision: int
    files: Mapping[str, bytes]


def proof_of(
    session: Session,
    unit: ServiceUnit,
    month: Month,
    revision: int | None,
    *,
    key: SealKey,
    at: datetime,
) -> Proof:
    """Return the proof of a unit's month.

    Parameters
    ----------
    revision
        The newest if None.

    Raises
    ------
    NoSuchRevision
        If the month has none of that number.
    NotSealedYet
        If the revision, or a month of its window, is not sealed.
    OtherKey
        If the key is not the one that the chain goes on with.
    """
    closing = _closing(session, unit.id or 0, month, revision)
    links = list(chain(session))
    if key_that_follows(links[-1] if links else None) not in {None, key.raw.hex()}:
        raise OtherKey(key.id)
    sealed = {link.subject: link for link in links if link.kind == SealKind.MONTH}
    back = baselines_of(session, closing).window_months
    window = [closing, *earlier_closings(session, closing.unit_id, month, back, closing.closed_at)]
    seals = [_seal_of(sealed, each) for each in window]
    zone = time_zone(unit.time_zone)
    months = [
        proof_month(session, each, local_day(each.closed_at, zone), _months_to(each.month, month))
        for each in window
    ]
    context = {
        "unit": unit.code,
        "officers": officer_keys(session, months),
        "months": [each.context for each in months],
    }
    files = {
        "seals.json": _indented({"seals": [_spelled(link) for link in links]}),
        "leaves.json": _leaves(session, links, _span(seals)),
        "context.json": _indented(context),
    }
    for each in months:
        name = each.context["month"]
        files[f"rows-{name}.json"] = _listed(each.rows)
        files[f"figures-{name}.json"] = _indented(each.figures)
    return Proof(
        closing.id, closing.revision, files | {"proof.json": _signed(files, links[-1], key, at)}
    )


def _months_to(month: Month, last: Month) -> int:
    return 12 * (last.year - month.year) + last.month - month.month


def _closing(session: Session, unit_id: int, month: Month, revision: int | None) -> Closing:
    found = {each.revision: each for each in revisions(session, unit_id, month, month)}
    number = max(found, default=None) if revision is None else revision
    if number not in found:
        raise NoSuchRevision(str(month))
    return found[number]


def _seal_of(sealed: Mapping[str, Link], closing: Closing) -> Link:
    link = sealed.get(str(closing.id))
    if link is None:
        raise NotSealedYet(str(closing.month))
    return link


def _span(seals: Sequence[Link]) -> Days:
    """Return the first and the last day that seals of months rest on."""
    facts = [seal.facts for seal in seals]
    return min(str(f["first_day"]) for f in facts), max(str(f["last_day"]) for f in facts)


def _leaves(session: Session, links: Sequence[Link], span: Days) -> bytes:
    """Return the digests of each sealed day, other units' too: salted, they tell nothing."""
    days: defaultdict[str, list[str]] = defaultdict(list)
    sealed = [link.subject for link in links if link.kind == SealKind.DAY]
    wanted = [day for day in sealed if span[0] <= day <= span[1]]
    first, last = (date.fromisoformat(day) for day in span)
    within = col(SealedLeaf.day).between(first, last)
    rows = session.execute(select(col(SealedLeaf.day), col(SealedLeaf.leaf)).where(within))
    for day, leaf in rows:
        days[day.isoformat()].append(leaf.hex())
    return _indented({day: sorted(days[day]) for day in wanted})


def _signed(files: Mapping[str, bytes], last: Link, key: SealKey, at: datetime) -> bytes:
    """Return what binds the files to each other and to the chain's newest link."""
    statement = json.dumps(
        {
            "seal": FORMAT,
            "number": last.number + 1,
            "previous": last.digest,
            "kind": "proof",
            "subject": "proof",
            "key": key.raw.hex(),
            "made_at": written(at),
            "files": {name: hashlib.sha256(text).hexdigest() for name, text in files.items()},
        },
        sort_keys=True,
        separators=(",", ":"),
    )
    signature = key.sign(statement.encode()).hex()
    return canonical({"signature": signature, "statement": statement})


def _spelled(link: Link) -> dict[str, str]:
    return {"signature": link.signature.hex(), "statement": link.statement}


def _listed(entries: Any) -> bytes:  # noqa: ANN401 - whatever is plain JSON
    """Return entries as a JSON list with a line for each."""
    lines = ",\n".join(json.dumps(each, sort_keys=True) for each in entries)
    return f"[\n{lines}\n]\n".encode()


def _indented(said: Mapping[str, Any]) -> bytes:
    return (json.dumps(said, sort_keys=True, indent=1) + "\n").encode()
