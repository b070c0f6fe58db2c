"""A citizen with a phone, in process: opens a page of the public site and sends its form."""

from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey.questionnaire import OVERALL


@dataclass(frozen=True, slots=True)
class FacesForm:
    """What a page of four faces would send.

    Attributes
    ----------
    hidden
        Its hidden fields.
    faces
        The values of its buttons, as they stand on the page.
    """

    hidden: dict[str, str]
    faces: Sequence[str]


class Citizen:
    """Goes to the site's own address, without cookies, as every phone does."""

    def __init__(self, site: Flask, address: str) -> None:
        """Take a phone in the hand.

        Parameters
        ----------
        address
            Where the site is reached.
        """
        self._phone: FlaskClient = site.test_client(use_cookies=False)
        self._address = address

    def open(self, path: str) -> TestResponse:
        """Open a page."""
        return self._phone.get(path, base_url=self._address)

    def tap(self, path: str, form: FacesForm, face: str) -> TestResponse:
        """Touch a face."""
        return self._phone.post(path, data={**form.hidden, OVERALL: face}, base_url=self._address)


def faces_form(page: str) -> FacesForm:
    """Return the form of a page of four faces."""
    reader = _Reader()
    reader.feed(page)
    return FacesForm(reader.hidden, reader.faces)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.faces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "button" and name == OVERALL:
            self.faces.append(value)
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[name] = value
