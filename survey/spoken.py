"""The language of one request: chosen once, used by every template and view."""

from collections.abc import Sequence
from functools import lru_cache

from flask import Flask, g, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from survey.language import Language, both_offer, choose
from survey.site import here

ASKED = "lang"
"""The query parameter and hidden field that name a language; no cookie does."""


def spoken() -> Language:
    """Return the language of the request under way."""
    if "language" not in g:
        speak()
    language: Language = g.language
    return language


def wish(code: str) -> None:
    """Prefer a language for the rest of the request; without one, the address is asked."""
    g.wish = code
    g.pop("language", None)


def speak(unit_languages: Sequence[str] = ()) -> None:
    """Choose the language of the request.

    Parameters
    ----------
    unit_languages
        Codes a unit wants its pages in; all of the site's if it names none.
    """
    site = here()
    offered = both_offer(site.settings.languages, unit_languages)
    wished = g.get("wish") or request.args.get(ASKED)
    code = _chosen(wished, request.headers.get("Accept-Language", ""), tuple(offered))
    g.language, g.offered = site.languages[code], [site.languages[each] for each in offered]


@lru_cache(maxsize=1024)
def _chosen(wished: str | None, accepted: str, offered: tuple[str, ...]) -> str:
    """Choose once for all phones of one make: they send the same header."""
    return choose(wished, parse_accept_header(accepted, LanguageAccept).values(), offered)


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


def offered() -> list[Language]:
    """Return the languages on offer for the request under way."""
    spoken()
    languages: list[Language] = g.offered
    return languages
