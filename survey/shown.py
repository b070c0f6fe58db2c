"""What the pages of a visit show; computed here, so that the templates only say it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from flask import render_template, request
from markupsafe import escape

from survey.desks import RatedDesk
from survey.month import Month
from survey.questionnaire import QUICK_ITEM
from survey.spoken import Choice, speak
from survey.wording import PROFILE, nine_questions

# What pages have in common is rendered once; these marks are then filled in.
_PATH, _TOKEN, _RECEIPT, _UNIT, _DESK, _ABOUT = (secrets.token_hex(8) for _ in range(6))


@dataclass(frozen=True, slots=True)
class Page:
    """A page about to be shown.

    Attributes
    ----------
    path
        The page's address, to which its form is sent.
    services
        Code and name of the services to choose from, none if the service is known.
    token
        The signed token that the page's form sends back.
    typed
        What was filled in before, by field.
    problems
        What is wrong with it: a stable word by field, or under ``form`` for the whole.
    accent
        The unit's own colour; None is the product's.
    """

    desk: RatedDesk
    path: str
    services: Sequence[tuple[str, str]] = ()
    token: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    accent: str | None = None


def faces_page(page: Page) -> str:
    """Show the four faces."""
    if page.problems:
        return _render("rate", page, item=QUICK_ITEM)
    return _same_for_all("rate", page)


def questions_page(page: Page) -> str:
    """Show the nine questions as the opening of a visit."""
    return _questions("questions", page)


def more_page(page: Page, receipt: str) -> str:
    """Say thanks for the tap, and offer the nine questions."""
    return _questions("more", page, receipt)


def thanks_page(page: Page, receipt: str, month: Month) -> str:
    """Say thanks at the end, with the receipt and what happens next."""
    return _render("thanks", page, receipt=receipt, month=month)


def _questions(name: str, page: Page, receipt: str = "") -> str:
    if not page.typed and not page.problems:
        return _same_for_all(name, page, receipt)
    return _render(name, page, receipt=receipt, **_nine(page))


def _same_for_all(name: str, page: Page, receipt: str = "") -> str:
    """Return a page that differs from others in its marks only, whoever it is for."""
    around, desk = (request.script_root, speak(page.desk.languages)), page.desk
    html = _rendered_once(around, name, _like(desk), tuple(page.services), page.accent)
    filled_in = {
        _PATH: page.path,
        _TOKEN: page.token,
        _RECEIPT: receipt,
        _UNIT: desk.unit_name,
        _DESK: desk.name,
        _ABOUT: desk.about,
    }
    for mark, text in filled_in.items():
        html = html.replace(mark, escape(text))
    return html


def _like(desk: RatedDesk) -> RatedDesk:
    """Return what a desk's pages have in common with those of thousands of others.

    Nothing and nought is here what no page shows; what is not named tells two desks apart.
    """
    return replace(
        desk,
        id=0,
        unit_id=0,
        code="",
        only_service_id=None,
        unit_code="",
        unit_name=_UNIT,
        name=_DESK,
        about=_ABOUT if desk.about else "",
    )


@lru_cache(maxsize=512)
def _rendered_once(
    _around: tuple[str, Choice],
    name: str,
    desk: RatedDesk,
    services: tuple[tuple[str, str], ...],
    accent: str | None,
) -> str:
    page = Page(desk, _PATH, services, _TOKEN, accent=accent)
    return _render(name, page, item=QUICK_ITEM, receipt=_RECEIPT, **_nine(page))


def _nine(page: Page) -> dict[str, object]:
    touched = page.typed.keys() | page.problems.keys()
    return {
        "questions": nine_questions(page.desk),
        "profile": PROFILE,
        "profile_touched": any(name in touched for name, _, _ in PROFILE),
    }


def _render(name: str, page: Page, **more: object) -> str:
    speak(page.desk.languages)
    return render_template(
        f"survey/{name}.html",
        desk=page.desk,
        path=page.path,
        services=page.services,
        token=page.token,
        typed=page.typed,
        problems=page.problems,
        accent=page.accent,
        **more,
    )
