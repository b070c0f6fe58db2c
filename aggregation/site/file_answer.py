"""Files that people handed in, sent so that they can do no harm whatever they hold.

They are saved, never shown: a browser neither guesses what they are nor runs anything in them.
"""

from io import BytesIO

from flask import Response, send_file

from aggregation.evidence.models import EvidenceFile

_NOTHING_RUNS = "default-src 'none'; sandbox"


def file_answer(file: EvidenceFile) -> Response:
    """Return the answer that lets somebody save a file under its own name."""
    answer = send_file(
        BytesIO(file.body), file.media_type, as_attachment=True, download_name=file.name
    )
    answer.headers["Content-Security-Policy"] = _NOTHING_RUNS
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
