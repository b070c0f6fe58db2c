"""What gunicorn serves: sites at their addresses, and what runs beside them in the same worker."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from sqlalchemy import Engine

from survey.meter import KEYS, Key, keys_of_requests, meter_of


class TooMuchToCount(RuntimeError):
    """A row of shared memory has fewer places than there are counts."""


class Beside(Protocol):
    """Something that runs as long as its worker serves."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""


@dataclass(frozen=True, slots=True)
class Served:
    """An application, with all that its worker has to know of it.

    Attributes
    ----------
    front
        Answers requests.
    sites
        All applications behind it.
    beside
        What is started and stopped with the worker.
    """

    front: WSGIApplication
    engine: Engine
    sites: Sequence[Flask]
    beside: Sequence[Beside] = ()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        return self.front(environ, start_response)

    @property
    def keys(self) -> list[Key]:
        """All that its workers count."""
        counted = [
            key for site in self.sites for key in keys_of_requests(site.name, site.view_functions)
        ]
        return [*counted, *KEYS]

    def start(self, rows: Sequence["memoryview[int]"], own: int) -> None:
        """Count in a row of shared memory from now on, and start what runs beside.

        Raises
        ------
        TooMuchToCount
            If the row is too short; no worker then starts, so it cannot happen unseen.
        """
        keys = self.keys
        if len(keys) > len(rows[own]):
            raise TooMuchToCount(len(keys))
        meter_of(self.engine).share(keys, rows, own)
        for each in self.beside:
            each.start()

    def stop(self) -> None:
        """Stop what runs beside."""
        for each in self.beside:
            each.stop()
