"""A phone that scanned a tablet's code: from six letters that are right now to a pass."""

from datetime import datetime

from sqlmodel import Session

from kiosk import rotating_code
from kiosk.devices import standing_at
from survey import visit_pass
from survey.desks import DeskClosed, find_desk
from survey.settings import Settings
from survey.spelling import typed
from survey.visit_pass import ScanAgain, new_pass


def take_scan(
    session: Session, desk_code: str, letters: str, settings: Settings, at: datetime
) -> str:
    """Return a new pass for whoever sees a tablet of the desk; nothing is written.

    Parameters
    ----------
    desk_code, letters
        As the address has them: small letters, dashes and the like are forgiven.

    Raises
    ------
    UnknownDesk
        If the desk's code was never signed.
    DeskClosed
        If the desk takes no responses.
    ScanAgain
        If no tablet of the desk shows the letters: too old, guessed, or of a tablet that is revoked
        or stands elsewhere. The refusal does not say which.
    """
    desk = find_desk(session.connection(), typed(desk_code), settings.key("desk"))
    if not desk.active:
        raise DeskClosed
    secret = settings.key(rotating_code.PURPOSE)
    keys = [rotating_code.code_key(secret, tablet) for tablet in standing_at(session, desk.id)]
    if not rotating_code.is_current(typed(letters), keys, at):
        raise ScanAgain
    return new_pass(desk.public_key, at, settings.key(visit_pass.PURPOSE))
