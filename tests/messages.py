"""The messages that screens use, found by Babel in templates and code."""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from jinja2 import Environment
from jinja2.ext import babel_extract
from jinja2.meta import find_referenced_templates

from survey.profile import LABELS, OPTIONS
from survey.questionnaire import ITEMS, QUICK_ITEM, STEM
from survey.settings import HOME

TEMPLATES = HOME / "templates"
_KEYWORDS = ("_", "gettext", "worded")
_CALL = re.compile(rb"\b(" + "|".join(_KEYWORDS).encode() + rb")\s*\(")
_AS_THE_SITE_READS_THEM = {"trim_blocks": "true", "lstrip_blocks": "true"}


def said_by_templates(folders: Iterable[str]) -> set[str]:
    """Return the messages of the pages in some folders of `templates`, with all they are made of.

    Examples
    --------
    >>> "Kirim jawaban" in said_by_templates(["survey"])
    True
    """
    todo = [path for folder in folders for path in (TEMPLATES / folder).rglob("*.html")]
    done: set[Path] = set()
    while todo:
        path = todo.pop()
        if path not in done:
            done.add(path)
            todo += _parts_of(path)
    return {text for path in done for text in messages_of(path.read_bytes())}


def said_by_modules(packages: Iterable[str]) -> set[str]:
    """Return the messages that the modules of some packages say themselves."""
    sources = (path.read_bytes() for package in packages for path in (HOME / package).rglob("*.py"))
    return {
        text
        for source in sources
        if _CALL.search(source)  # reading a module that says nothing is dear
        for _, text, _, _ in extract("python", BytesIO(source), dict.fromkeys(_KEYWORDS))
        if isinstance(text, str)
    }


def official_wording() -> set[str]:
    """Return the words of the questionnaire and of the profile, which are data, not code."""
    items = [QUICK_ITEM, *ITEMS.values()]
    words = {text for item in items for text in (item.question, *item.answers)}
    options = {text for answers in OPTIONS.values() for text in answers.values()}
    return words | {STEM, *LABELS.values()} | options


def messages_of(template: bytes) -> Iterator[str]:
    """Yield the messages of one template; what stands in a variable is not known here."""
    found = babel_extract(BytesIO(template), list(_KEYWORDS), [], _AS_THE_SITE_READS_THEM)
    for _, _, message, _ in found:
        text = message[0] if isinstance(message, tuple) else message
        if text is not None:
            yield text


def _parts_of(path: Path) -> list[Path]:
    tree = Environment(autoescape=True).parse(path.read_text())
    return [TEMPLATES / name for name in find_referenced_templates(tree) if name]
