"""The annex of seals: what anybody can check the figures of the period by (method §8)."""

from collections.abc import Sequence

from aggregation.months.month_seal import MonthSeal
from aggregation.output.printed_seal import printed_seal
from aggregation.output.report.report_blocks import (
    Block,
    Chapter,
    Code,
    Codes,
    Section,
    Table,
    prose,
)
from aggregation.output.report.report_words import WORDS
from aggregation.output.report.skm_report import ReportedSeal, SkmReport
from survey.month import Month

TITLE = "LAMPIRAN 3 SEGEL DATA"
LEAD = (
    "Angka laporan ini berasal dari bulan-bulan yang ditutup dan disegel dengan tanda tangan "
    "digital. Dengan nomor atau kode QR di bawah ini siapa pun dapat memeriksa bahwa angkanya "
    "sejak itu tidak diubah."
)
_UNBROKEN = 16
NOT_YET = "belum disegel: malam setelah ditutup"


def seal_annex(report: SkmReport, public_url: str) -> Sequence[Chapter]:
    """Return the annex with the seals of the closings that the figures rest on; none without them.

    Parameters
    ----------
    public_url
        Where the public site is; without it no code is drawn.
    """
    if not report.seals:
        return []
    blocks: list[Block] = [prose(LEAD), _table(report.seals)]
    sealed = [(each.month, each.seal) for each in report.seals if each.seal and public_url]
    codes = [_code(month, seal, public_url) for month, seal in sealed]
    if codes:
        blocks.append(Codes(codes))
    return [Chapter(TITLE, [Section("", blocks)])]


def _table(seals: Sequence[ReportedSeal]) -> Table:
    return Table(
        "Segel bulan-bulan laporan ini",
        ["Bulan", "Revisi", "Nomor segel", "Sidik segel"],
        [
            [
                WORDS.month(each.month),
                str(each.revision),
                str(each.seal.number) if each.seal else "–",
                _breakable(each.seal.digest) if each.seal else NOT_YET,
            ]
            for each in seals
        ],
        [1.5, 0.7, 0.8, 5.0],
        texts=4,
        is_small=True,
    )


def _breakable(digest: str) -> str:
    """Let a row of digits without a blank go on in the next line."""
    return "\u200b".join(digest[at : at + _UNBROKEN] for at in range(0, len(digest), _UNBROKEN))


def _code(month: Month, seal: MonthSeal, public_url: str) -> Code:
    drawn = printed_seal(seal, public_url)
    return Code(WORDS.month(month), drawn["address"], drawn["qr"], drawn["qr_alt"])
