"""One's own account: password, second factor, sessions."""

from flask import Blueprint, render_template

from aggregation.site.guard import half_way_in, signed_in

own_account = Blueprint("own_account", __name__)


@own_account.get("/akun-saya")
@signed_in
def show() -> str:
    """Show one's own account."""
    return render_template("aggregation/not_found.html")


@own_account.get("/akun-saya/kode")
@half_way_in
def second_factor() -> str:
    """Set a second factor up."""
    return render_template("aggregation/not_found.html")
