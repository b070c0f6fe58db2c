"""What a person meets on a page; a figure is looked for here, never in the page's source.

The source holds what is drawn anew each time: forgery tokens and seals in hidden fields, keys in
addresses, digests in the names of files. Sooner or later one of them holds any two digits and any
short word, and a test that does not want them there fails once in some thousand runs.
"""

import re
from html import unescape

from werkzeug.test import TestResponse

_UNREAD = re.compile(r"<!--.*?-->|<(script|style|template)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_END_BEFORE_A_STOP = re.compile(r"</\w+>(?=[.,;:)])")
_HIDDEN = re.compile(r'<[^>]+\btype="hidden"[^>]*>')
_SPOKEN = re.compile(r'\b(?:alt|aria-\w*label|aria-description|placeholder|title)="([^"]*)"')
_FILLED_IN = re.compile(r'<input\b(?![^>]*\btype="(?:checkbox|radio)")[^>]*\bvalue="([^"]*)"')


def words(page: TestResponse | str) -> str:
    """Return the text of a page, or of a part of one, in one line.

    >>> words('<p>Oktober <b>2026</b>.<input type="hidden" name="t" value="x49"></p>')
    'Oktober 2026.'
    """
    source = page if isinstance(page, str) else page.text
    text = _END_BEFORE_A_STOP.sub("", _UNREAD.sub(" ", source))
    return " ".join(unescape(_TAG.sub(" ", text)).split())


def met_on(page: TestResponse | str) -> str:
    """Return all that a person can meet: the text, what fields hold, what a screen reader says.

    >>> met_on('<svg aria-label="Nilai 86"/><input value="104"><input type="hidden" value="49">')
    'Nilai 86 104'
    """
    source = page if isinstance(page, str) else page.text
    open_to_view = _HIDDEN.sub(" ", _UNREAD.sub(" ", source))
    beside = [*_SPOKEN.findall(open_to_view), *_FILLED_IN.findall(open_to_view)]
    return " ".join([words(source), *map(unescape, beside)]).strip()
