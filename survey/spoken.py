"""The language of one request: chosen once, used by every template and view."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from flask import Flask, g, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from survey.language import Language, both_offer, choose
from survey.site import here

ASKED = "lang"
"""The query parameter and hidden field that name a language; no cookie does."""


class Choice(NamedTuple):
    """Codes of the language spoken and of all that are on offer."""

    spoken: str
    offered: tuple[str, ...]


def spoken() -> Language:
    """Return the language of the request under way."""
    return here().languages[_choice().spoken]


def offered() -> list[Language]:
    """Return the languages on offer for the request under way."""
    return [here().languages[code] for code in _choice().offered]


def wish(code: str) -> None:
    """Prefer a language for the rest of the request; without one, the address is asked."""
    g.wish = code
    g.pop("choice", None)


def speak(unit_languages: Sequence[str] = ()) -> Choice:
    """Choose the language of the request.

    Parameters
    ----------
    unit_languages
        Codes a unit wants its pages in; all of the site's if it names none.
    """
    wished = g.get("wish") or request.args.get(ASKED)
    accepted = request.headers.get("Accept-Language", "")
    choice = _chosen(wished, accepted, here().settings.languages, tuple(unit_languages))
    g.choice = choice
    return choice


def _choice() -> Choice:
    choice: Choice = g.get("choice") or speak()
    return choice


@lru_cache(maxsize=1024)
def _chosen(
    wished: str | None, accepted: str, of_site: tuple[str, ...], of_unit: tuple[str, ...]
) -> Choice:
    """Choose once for all phones of one make: they send the same header."""
    offered = tuple(both_offer(of_site, of_unit))
    tags = parse_accept_header(accepted, LanguageAccept).values()
    return Choice(choose(wished, tags, offered), offered)


def teach(app: Flask) -> None:
    """Give an application's templates the request's language: `_()` and `language()`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: spoken().say(text),
        lambda one, many, n: spoken().say(one if n == 1 else many),
        newstyle=True,
    )
    # Formats nothing and marks nothing as safe: what is said this way may come from the database.
    app.jinja_env.filters["said"] = lambda text: spoken().say(text)
    app.jinja_env.globals["language"] = spoken
    app.jinja_env.globals["offered_languages"] = offered
