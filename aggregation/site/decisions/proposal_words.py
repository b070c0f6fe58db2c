"""What proposals and kinds of notes are called."""

from collections.abc import Mapping

from aggregation.appraisal.models import NoteKind
from aggregation.appraisal.proposal_list import ProposalLine, Standing
from aggregation.method.component import Proposal
from aggregation.method.evidence import Basis
from survey.language import worded

PROPOSALS: Mapping[str, str] = {
    Proposal.ABOVE: worded("Di atas ekspektasi"),
    Proposal.EXPECTED: worded("Sesuai ekspektasi"),
    Proposal.BELOW: worded("Di bawah ekspektasi"),
}

WITHHELD: Mapping[str, str] = {
    Basis.INDICATIVE: worded("sementara"),
    Basis.INSUFFICIENT: worded("belum cukup data"),
    Basis.NO_DUTY: worded("tanpa jadwal"),
}
"""Why a line proposes nothing, in a word or two; the figures give the reason in full."""

NOTE_KINDS: Mapping[str, str] = {
    NoteKind.FEEDBACK: worded("Umpan balik"),
    NoteKind.APPRECIATION: worded("Apresiasi"),
    NoteKind.AGREEMENT: worded("Perbaikan yang disepakati"),
}

FILTERS: Mapping[str, str] = {
    "": worded("Semua"),
    "menunggu": worded("Menunggu"),
    "keberatan": worded("Keberatan"),
    "kurang": worded("Belum cukup data"),
}
"""What the list of proposals can be narrowed to, by the word in the address."""


def belongs(line: ProposalLine, narrowed: str) -> bool:
    """Say whether a line is on the list that was narrowed by one of `FILTERS`."""
    match narrowed:
        case "menunggu":
            return line.standing is Standing.WAITING
        case "keberatan":
            return line.is_objected
        case "kurang":
            return line.standing is Standing.WITHHELD
    return True
