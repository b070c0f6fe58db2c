"""A statement as a file to print: A4, accessible, the same bytes whenever asked (method §6)."""

from dataclasses import asdict

from aggregation.appraisal.statement import Statement
from aggregation.output.printed_seal import printed_seal
from aggregation.output.statement_text import StatementText
from kiosk.posters import ACCENT
from kiosk.typesetting import Sheet, pdf

DIGEST_LETTERS = 16
"""Of the digest of the revision's figures: enough to tell two of them apart on paper."""


def statement_sheet(statement: Statement, text: StatementText, public_url: str) -> Sheet:
    """Return everything a statement prints, before it is set.

    Parameters
    ----------
    public_url
        Where the public site is, whose page of the seal a QR code leads to.
    """
    source = statement.source
    return Sheet(
        "statement.typ",
        {
            **asdict(text),
            "accent": ACCENT,
            "unit": source.unit_name,
            "about": list(text.about),
            "digest": source.digest[:DIGEST_LETTERS],
            "revision": f"{source.unit_code} · {source.month} · r{source.revision}",
            "seal_link": statement.seal and printed_seal(statement.seal, public_url),
        },
    )


def statement_pdf(statement: Statement, text: StatementText, public_url: str) -> bytes:
    """Set a statement as PDF/UA-1.

    Raises
    ------
    LetterNotPrintable
        If a name is written with letters the fonts do not have.
    """
    return pdf(statement_sheet(statement, text, public_url))
