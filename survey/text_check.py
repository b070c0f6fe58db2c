"""Texts that are still kept, and the register of ids, held against the rows (method §8)."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlmodel import Session

from survey.difference import Difference, Kind, Looked
from survey.ledger import COMMENT
from survey.merkle import salted_digest
from survey.profile import ProfileField
from survey.row_check import as_dashed, stream

_PROFILE = "PROFILE"
_ORDER = {str(each): place for place, each in enumerate(ProfileField)}
_CHANGED = "Teks yang masih disimpan tidak lagi sama dengan sidik di isian lanjutannya."
_ADDED = "Teks ini tidak punya isian lanjutan yang memuat sidiknya."


def text_differences(session: Session, looked: Looked) -> Iterator[Difference]:
    """Yield texts that are not what their follow-up holds the digest of.

    A text that was erased is fine. The fields of a profile have one digest, so they are erased
    together: some of them without the others can no longer be held against it.
    """
    id_ = as_dashed(session, "p.response_id")
    statement = (
        f"SELECT {id_}, p.field, p.text, p.salt, f.comment_digest, f.profile_digest "  # noqa: S608 - names are ours
        "FROM private_text p LEFT JOIN followup f ON f.unit_id = p.unit_id "
        "AND f.month = p.month AND f.response_id = p.response_id "
        "ORDER BY p.unit_id, p.month, p.response_id"
    )
    for response_id, group in groupby(stream(session, statement), key=lambda row: row[0]):
        texts = list(group)
        looked.rows += len(texts)
        yield from _of_response(str(response_id), texts)


def register_differences(session: Session, looked: Looked) -> Iterator[Difference]:
    """Yield ids that the register and the responses do not agree on."""
    of = "FROM response r LEFT JOIN known_response k ON k.id = r.id"
    there = "k.unit_id = r.unit_id AND k.month = r.month"
    id_ = as_dashed(session, "r.id")
    strangers = f"SELECT {id_} {of} WHERE k.id IS NULL OR NOT ({there})"
    for (response_id,) in stream(session, strangers):
        if looked.is_news(f"response {response_id}"):
            sentence = "Daftar tanggapan tidak memuatnya, atau memuatnya di unit atau bulan lain."
            yield Difference(Kind.CHANGED, f"response {response_id}", sentence)
    lost = (
        f"SELECT {as_dashed(session, 'k.id')} FROM known_response k LEFT JOIN response r "  # noqa: S608
        "ON r.unit_id = k.unit_id AND r.month = k.month AND r.id = k.id WHERE r.id IS NULL"
    )
    for (response_id,) in stream(session, lost):
        if looked.is_news(f"response {response_id}"):
            sentence = "Daftar tanggapan memuatnya, tetapi barisnya tidak ada."
            yield Difference(Kind.REMOVED, f"response {response_id}", sentence)


def _of_response(response_id: str, texts: Sequence[Any]) -> Iterator[Difference]:
    comment, profile = texts[0][4:6]
    for name, digest, group in (
        (COMMENT, comment, [each for each in texts if each[1] == COMMENT]),
        (_PROFILE, profile, [each for each in texts if each[1] != COMMENT]),
    ):
        subject = f"private_text {response_id} {name}"
        if group and digest is None:
            yield Difference(Kind.ADDED, subject, _ADDED)
        elif group and _joined({each[1]: each for each in group}) != digest:
            yield Difference(Kind.CHANGED, subject, _CHANGED)


def _joined(by_field: Mapping[str, Any]) -> bytes | None:
    """Return the digest of some texts, in the order in which intake joins them."""
    fields = sorted(by_field, key=lambda name: _ORDER.get(name, len(_ORDER)))
    digests = []
    for name in fields:
        _, _, said, salt, *_ = by_field[name]
        try:
            digests.append(salted_digest(salt, name, said))
        except TypeError:  # what no program of ours writes
            return None
    return hashlib.sha256(b"".join(digests)).digest()
