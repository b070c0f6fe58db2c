"""The chain of seals, and the leaves that are kept beside it (method §8)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby, pairwise
from operator import itemgetter

from sqlmodel import Session

from survey.difference import Difference, Kind
from survey.merkle import root_of
from survey.row_check import stream
from survey.row_spelling import day_text
from survey.seal_models import SealKind
from survey.seal_text import LOST, Flaw, Link, faults_of

_FLAWS: Mapping[Flaw, str] = {
    Flaw.UNREADABLE: "Isinya bukan isi sebuah segel.",
    Flaw.OTHER_ROW: "Nomor, jenis, atau perihalnya tidak sama dengan isi yang ditandatangani.",
    Flaw.GAP: "Segel sebelumnya tidak ada.",
    Flaw.LOOSE: "Segel ini tidak menyambung pada segel sebelumnya.",
    Flaw.SIGNATURE: "Tanda tangannya bukan dari kunci yang disebutnya.",
    Flaw.OTHER_KEY: "Kunci penandatangannya tidak pernah diumumkan oleh segel sebelumnya.",
}


@dataclass(frozen=True, slots=True)
class KeptLeaves:
    """How many leaves are kept, by day and kind of row."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)


def chain_differences(links: Sequence[Link]) -> Iterator[Difference]:
    """Yield where the chain does not hold, and where a day was left out."""
    for fault in faults_of(links):
        yield Difference(Kind.CHAIN, f"seal {fault.number}", _FLAWS[fault.reason])
    for (before, _), (day, link) in pairwise(_days(links)):
        if day != before + timedelta(days=1):
            sentence = f"Segel hari sebelum {day} tidak ada."
            yield Difference(Kind.CHAIN, f"seal {link.number}", sentence)


def notices_of(links: Sequence[Link]) -> Iterator[str]:
    """Yield what is no fault of the chain and asks for somebody's eye."""
    for link in links:
        if link.kind == SealKind.KEY and link.facts.get("why") == LOST:
            yield (
                f"Segel {link.number}: kunci lama hilang dan diganti kunci {link.subject}. "
                "Pastikan sidik kunci itu sama dengan yang diumumkan kantor Anda."
            )


def last_day_of(links: Sequence[Link]) -> date | None:
    """Return the newest day that a chain seals."""
    return max((day for day, _ in _days(links)), default=None)


def day_differences(
    session: Session, links: Sequence[Link], kept: KeptLeaves
) -> Iterator[Difference]:
    """Yield the days whose kept leaves do not make their root, and count the leaves on the way."""
    seals = {link.subject: link for link in links if link.kind == SealKind.DAY}
    leaves = stream(session, "SELECT day, leaf, kind FROM sealed_leaf ORDER BY day, leaf")
    seen = set()
    for raw_day, of_day in groupby(leaves, itemgetter(0)):
        day = day_text(raw_day)
        seen.add(day)
        rows = list(of_day)
        digests = [leaf for _, leaf, _ in rows]
        for kind, count in Counter(kind for _, _, kind in rows).items():
            kept.counts[day, kind] += count
        yield from _day(day, seals.get(day), digests)
    for day in sorted(seals.keys() - seen):
        yield from _day(day, seals[day], [])


def _day(day: str, seal: Link | None, digests: Sequence[bytes]) -> Iterator[Difference]:
    if seal is None:
        yield Difference(Kind.DAY, f"day {day}", "Hari ini punya daftar sidik tanpa segel.")
        return
    facts = seal.facts
    if facts.get("count") != len(digests):
        sentence = f"Segelnya memuat {facts.get('count')} baris; daftar sidiknya {len(digests)}."
        yield Difference(Kind.DAY, f"day {day}", sentence)
    elif facts.get("root") != root_of(digests).hex():
        sentence = "Daftar sidik hari ini tidak menghasilkan akar yang disegel."
        yield Difference(Kind.DAY, f"day {day}", sentence)


def _days(links: Sequence[Link]) -> Iterator[tuple[date, Link]]:
    for link in links:
        if link.kind == SealKind.DAY:
            try:
                yield date.fromisoformat(link.subject), link
            except ValueError:  # the chain says that it is not as it was signed
                continue
