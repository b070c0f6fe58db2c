"""Pictures of screens, for the eye: taken where somebody wants them (`mkdir -p var/screens`)."""

from playwright.sync_api import Page

from survey.settings import HOME

PICTURES = HOME / "var" / "screens"


def picture(page: Page, name: str, *, whole: bool = True) -> None:
    """Take a picture of a page, of all of it or of what the window shows.

    Parameters
    ----------
    name
        A folder and a file: ``staff/units-360-light-id``.
    """
    if PICTURES.is_dir():
        page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)
