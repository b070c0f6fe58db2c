"""PDF: seen to begin and to end as one; its content is left as the office made it.

What a document tells of itself, such as its author, stays: it is the office's own paper. What it
may try to do when it is opened is bounded by how it is sent: to be saved, never to be shown here.
"""

from aggregation.evidence.refusals import FileDamaged

MARK = b"%PDF-"
_END = b"%%EOF"
_WITHIN = 1024
"""Bytes from the end in which readers look for it."""


def require_pdf(body: bytes) -> bytes:
    """Return a PDF as it came.

    Raises
    ------
    FileDamaged
        If it does not say where its parts lie, or does not end.
    """
    if _END not in body[-_WITHIN:] or b"startxref" not in body or b"obj" not in body:
        raise FileDamaged
    return body
