"""A form's body, read strictly: one encoding, no replacement letters, a limited number of fields.

Werkzeug would quietly turn broken letters into others and a body of another type into an
empty form; a citizen's answer is taken as it was sent or not at all.
"""

from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 60

Sent = MultiDict[str, str]


def read_form(request: Request) -> Sent:
    """Return the fields of a posted form.

    Raises
    ------
    UnsupportedMediaType
        If the body is not a form in UTF-8.
    BadRequest
        If it is, but its letters are not UTF-8 or its fields too many.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != FORM or charset != "utf-8":
        raise UnsupportedMediaType
    try:
        text = request.get_data().decode()
        fields = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise BadRequest from error
    return MultiDict(fields)
