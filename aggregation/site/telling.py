"""What an act did, told at the top of the next page, and what is wrong with a field."""

from typing import Any

from flask import Flask, flash, get_flashed_messages

from survey.language import worded
from survey.spoken import spoken

NAME_NOBODY = worded(
    "Hapus nama orang, nomor seperti NIK, dan kata kasar, lalu simpan lagi. "
    "Sebut jabatan atau loketnya saja."
)
"""For words that the public would read."""


def tell(sentence: str, kind: str = "ok", **words: object) -> None:
    """Keep a sentence for the next page.

    Parameters
    ----------
    sentence
        An Indonesian text with named blanks, marked by `worded`, such as ``%(name)s disimpan.``
    kind
        ``ok`` or ``bad``.
    words
        What fills the blanks; it may come from anywhere, the page escapes it.
    """
    flash(spoken().say(sentence) % words, kind)


def complain(field: Any, sentence: str, **words: object) -> None:  # noqa: ANN401 - any field
    """Put a sentence beside a field of a form, its blanks filled in."""
    said = spoken().say(sentence)
    field.errors = [*field.errors, said % words if words else said]


def told_to_templates(app: Flask) -> None:
    """Give templates `news()`: kind and sentence of what the last act did."""
    app.jinja_env.globals["news"] = lambda: get_flashed_messages(with_categories=True)
