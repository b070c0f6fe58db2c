"""What a running site has at hand: its settings, its engine, its languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Engine

from survey.day_tree import DayTrees
from survey.entrance import Entrance
from survey.guesses import Guesses
from survey.language import Language
from survey.recently import Recently
from survey.settings import Settings

_KEPT_AS = "nilai"


@dataclass(frozen=True, slots=True)
class Site:
    """The parts that views need, made once at start.

    Attributes
    ----------
    recent_entrances
        Those looked up in the last five seconds, by address.
    recent_accents
        Colours of units, by key, looked up in the last five seconds.
    recent_configs
        What tablets are told, by the desk's code, looked up in the last five seconds.
    day_trees
        Trees of sealed days that receipts were looked up in.
    guesses
        Receipts that were tried and do not exist.
    """

    settings: Settings
    engine: Engine
    languages: Mapping[str, Language]
    recent_entrances: Recently[Entrance] = field(default_factory=lambda: Recently(5))
    recent_accents: Recently[str | None] = field(default_factory=lambda: Recently(5))
    recent_configs: Recently[dict[str, Any]] = field(default_factory=lambda: Recently(5))
    day_trees: DayTrees = field(default_factory=DayTrees)
    guesses: Guesses = field(default_factory=Guesses)


def keep(extensions: dict[str, object], site: Site) -> None:
    """Put the site where its views find it."""
    extensions[_KEPT_AS] = site


def here() -> Site:
    """Return the site of the request under way."""
    return site_of(current_app)


def site_of(app: Flask) -> Site:
    """Return the site of an application."""
    site: Site = app.extensions[_KEPT_AS]
    return site
