"""How many alerts are new for whoever is asking: the mark in the bar at the top."""

from flask import Flask, g
from sqlalchemy.exc import SQLAlchemyError

from aggregation.alerts.inbox import unseen
from aggregation.alerts.readers import may_be_told
from aggregation.site.guard import asks_for_code, me, verified
from survey.database import reading
from survey.site import here

_COUNTED = "new_alerts"


def ring(app: Flask) -> None:
    """Give templates `new_alerts()`: how many are new; None for whom no alert is."""
    app.jinja_env.globals["new_alerts"] = new_alerts


def new_alerts() -> int | None:
    """Count the open alerts that who is asking has not seen; asked once for a page."""
    if _COUNTED not in g:
        setattr(g, _COUNTED, _counted())
    found: int | None = g.get(_COUNTED)
    return found


def _counted() -> int | None:
    if g.get("member") is None or not may_be_told(me().scope):
        return None
    if asks_for_code(me()) and not verified():
        return None
    try:
        with reading(here().engine) as session:
            return unseen(session, me().scope, me().id)
    except SQLAlchemyError:  # the page that says so has this bar, too
        return None
