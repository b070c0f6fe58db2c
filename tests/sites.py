"""Sites for tests: built once per process and lent with an engine, as good as new.

Building one reads the catalogs and registers a hundred addresses, and its first pages compile
their templates: ten times what a test then asks of it. What an application keeps between requests
is its `Site`, which every borrower gets anew; one that a test has changed is not lent again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from flask import Flask
from sqlalchemy import Engine

from survey.site import Site, here, keep

_MOST_KINDS = 12


@dataclass(frozen=True)
class _Lent:
    kind: object
    app: Flask
    parts: dict[str, object]


_idle: dict[object, list[Flask]] = {}
_lent: WeakKeyDictionary[Engine, list[_Lent]] = WeakKeyDictionary()


def lend(engine: Engine, kind: object, build: Callable[[], Flask]) -> Flask:
    """Return an application that nobody else has while the engine is lent.

    Parameters
    ----------
    kind
        Everything that `build` builds by, but the engine.
    """
    waiting = _idle.get(kind)
    app = waiting.pop() if waiting else build()
    with app.app_context():
        was = here()
    keep(app.extensions, Site(was.settings, engine, was.languages))
    app._got_first_request = False  # noqa: SLF001 - a test may add an address of its own
    _lent.setdefault(engine, []).append(_Lent(kind, app, _parts(app)))
    return app


def take_back(engine: Engine) -> None:
    """Keep what was lent with an engine for the next; what a test changed is forgotten."""
    for lent in _lent.pop(engine, []):
        if _parts(lent.app) == lent.parts:
            _idle.setdefault(lent.kind, []).append(lent.app)
    while len(_idle) > _MOST_KINDS:
        del _idle[next(iter(_idle))]


def _parts(app: Flask) -> dict[str, object]:
    """Return what a test may change of an application."""
    return {
        "addresses": len(list(app.url_map.iter_rules())),
        "views": dict(app.view_functions),
        "settings": dict(app.config),
        "front": app.wsgi_app,
        "before": {name: list(asked) for name, asked in app.before_request_funcs.items()},
        "after": {name: list(asked) for name, asked in app.after_request_funcs.items()},
    }
