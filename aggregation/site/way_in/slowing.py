"""Attempts that have to wait, and codes that are tried: the same on every page that asks."""

from datetime import datetime

from flask import render_template
from werkzeug import Response

from aggregation.access.refusals import record_refusal
from aggregation.access.second_factor import WrongCode, give_code
from aggregation.access.throttle import attempt, succeeded
from aggregation.site.guard import me
from aggregation.site.way_in.entering import corners_here
from survey.database import writing
from survey.language import worded
from survey.log import Act
from survey.site import here

Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]
WRONG_CODE = worded("Kode tidak cocok atau sudah dipakai. Tunggu kode berikutnya, lalu coba lagi.")


class Later(Exception):
    """The attempt has to wait; what was typed has not been looked at."""

    def __init__(self, seconds: int) -> None:
        """Take how many seconds are left."""
        super().__init__(seconds)
        self.seconds = seconds

    def page(self, template: str, **words: object) -> Answer:
        """Return a page that says after how many seconds to try again."""
        return self.answer(render_template(template, seconds=self.seconds, **words))

    def answer(self, page: str) -> Answer:
        """Return a page as the answer to an attempt that came too early."""
        return page, 429, {"Retry-After": str(self.seconds)}


def try_code(code: str, at: datetime) -> None:
    """Take a second factor or a recovery code of who is asking.

    Raises
    ------
    Later
        If too many were wrong just now.
    WrongCode
        If it is neither, or was used; that is counted.
    """
    who = me()
    with writing(here().engine) as opened:
        where = corners_here(at, who.key, who.key, codes=True)
        wait = attempt(opened, where, at)
        right = False
        if not wait:
            try:
                give_code(opened, who.id, code, here().settings.key("second factor"), at)
            except WrongCode:
                pass
            else:
                right = True
                succeeded(opened, where)
    if wait:
        raise Later(wait)
    if not right:
        note_failure(who.key, "code", at)
        raise WrongCode


def note_failure(who: str, factor: str, at: datetime) -> None:
    """Keep in the log that a password or a code was wrong, for an account or for a stranger."""
    with writing(here().engine) as opened:
        record_refusal(opened, Act("sign_in.refused", who, who, {"factor": factor}), at)
