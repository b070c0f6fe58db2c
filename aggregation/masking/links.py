"""E-mail addresses, addresses of the web and accounts of social networks in a text."""

import re
from collections.abc import Iterator

from aggregation.masking.spans import Kind, Span

_AT = r"\s?(?:@|\(at\)|\[at\]|\bat\b|\(a\))\s?"
_DOT = r"\s?(?:\.|\(dot\)|\[dot\]|\bdot\b|\btitik\b)\s?"
_MAIL = re.compile(
    rf"(?<![\w.])[\w.+-]+(?:{_AT})[a-z0-9-]+(?:{_DOT}(?:com|co|net|org|id|go|ac|sch|my|me))+\b"
    r"|(?<![\w.])[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE,
)
_ENDINGS = (
    "com|net|org|id|me|ly|link|info|xyz|site|online|shop|app|io|tv|gl|gle|be|page|biz|top|club"
)
_WEB = re.compile(
    r"(?:https?://|www\.)\S+?(?=[.,;:!?)\"']*(?:\s|$))"
    rf"|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:{_ENDINGS})\b(?:/[^\s,;!?)]*[^\s,;.!?)])?",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"(?<![\w@.])@[a-z_][\w.]{2,29}\b", re.IGNORECASE)
_NETWORK = re.compile(
    r"\b(?:ig|insta|instagram|fb|facebook|tiktok|tik tok|twitter|telegram|tele|akun)"
    r"(?:\s?(?:saya|ku|nya|dia|petugas))?\s?[:=]?\s?"
    r"(?P<account>(?=[\w.]*[._\d])[a-z][\w.]{2,29})\b",
    re.IGNORECASE,
)


def link_spans(text: str) -> Iterator[Span]:
    """Yield where people are named by an address."""
    for found in _MAIL.finditer(text):
        yield Span(*found.span(), Kind.EMAIL)
    for pattern in (_WEB, _ACCOUNT):
        for found in pattern.finditer(text):
            yield Span(*found.span(), Kind.LINK)
    for found in _NETWORK.finditer(text):
        yield Span(*found.span("account"), Kind.LINK)
