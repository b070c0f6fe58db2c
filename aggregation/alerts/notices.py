"""What detectors see: things that somebody has to know, each with a key and a few facts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from aggregation.alerts.models import AlertKind
from survey.models import ServiceUnit

Facts = Mapping[str, str | int]
Key = tuple[AlertKind, str]
"""Kind and subject: the same is raised once while it lasts."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that somebody has to know.

    Attributes
    ----------
    subject
        What it is about, as a key within the unit.
    facts
        What its sentence needs; nobody's name, and nothing that staff or citizens typed but the
        names of desks.
    """

    kind: AlertKind
    subject: str
    facts: Facts = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What it is known by while it lasts."""
        return self.kind, self.subject

    @property
    def stored(self) -> str:
        """Its facts as their column keeps them."""
        return json.dumps(self.facts, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a detector sees of a unit at a moment.

    Attributes
    ----------
    undecided
        Subjects of which nothing can be said now: an alert about them neither begins nor ends.
    """

    notices: tuple[Notice, ...] = ()
    undecided: frozenset[str] = frozenset()


class Detector(Protocol):
    """What looks at a unit for one kind of alert, and writes nothing."""

    def __call__(self, session: Session, unit: ServiceUnit, at: datetime) -> Sight:
        """Return what is to be known at a moment."""
