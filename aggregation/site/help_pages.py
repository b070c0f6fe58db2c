"""Help: a short page for each role, one's own roles first."""

from flask import Blueprint, abort, render_template

from aggregation.access.role_names import ROLE_NAMES
from aggregation.access.roles import Role
from aggregation.site.guard import me, signed_in

help_pages = Blueprint("help_pages", __name__)


@help_pages.get("/bantuan")
@help_pages.get("/bantuan/<role>")
@signed_in
def show(role: str | None = None) -> str:
    """Show the help for a role: the one named, or the first of one's own."""
    if role is not None and role not in set(Role):
        abort(404)
    order = sorted(Role, key=lambda each: not me().is_a(each))
    shown = order[0] if role is None else Role(role)
    return render_template(
        "aggregation/help.html",
        role=shown,
        own=me().is_a(shown),
        names={each: ROLE_NAMES[each] for each in order},
    )
