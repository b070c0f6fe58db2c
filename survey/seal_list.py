"""Seals as they are published: a list that anybody may keep, and hold against the chain later."""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from typing import Any

from survey.seal_text import Link

FORMAT = "nilai-loket/seals/1"


class NotASealList(ValueError):
    """The text is no list of seals as `/segel.json` gives it."""


def spelled(link: Link) -> dict[str, Any]:
    """Return a seal as plain JSON; the statement stays the very text that is signed."""
    return {
        "number": link.number,
        "kind": link.kind,
        "subject": link.subject,
        "statement": link.statement,
        "signature": base64.b64encode(link.signature).decode(),
    }


def written_list(links: Iterable[Link], newest: Link | None, following: int | None) -> str:
    """Return seals as the text of `/segel.json`.

    Parameters
    ----------
    newest
        The last link of the chain, which each part of the list carries.
    following
        The number that the next part begins with; none where this one reaches the end.
    """
    whole = {
        "format": FORMAT,
        "newest": None if newest is None else spelled(newest),
        "next": following,
        "seals": [spelled(link) for link in links],
    }
    return json.dumps(whole, indent=1) + "\n"


def read_list(text: str) -> Sequence[Link]:
    """Return the seals of a list that was kept, the first one first, each once.

    Takes what `/segel.json` gives, a bare list of such seals, and a single seal.

    Raises
    ------
    NotASealList
        If it is anything else.
    """
    try:
        said = json.loads(text)
        links = [_read(each) for each in _entries(said)]
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise NotASealList from error
    return sorted(set(links), key=lambda link: link.number)


def _entries(said: Any) -> Sequence[Any]:  # noqa: ANN401 - whatever the text holds
    if isinstance(said, list):
        return said
    if "seals" not in said:
        return [said]
    newest = said.get("newest")
    return [*said["seals"], *([newest] if newest else [])]


def _read(entry: Any) -> Link:  # noqa: ANN401 - whatever the text holds
    number, kind, subject, statement = (
        entry[name] for name in ("number", "kind", "subject", "statement")
    )
    if type(number) is not int or not all(isinstance(each, str) for each in (kind, subject)):
        raise TypeError
    signature = base64.b64decode(entry["signature"], validate=True)
    return Link(number, kind, subject, str(statement), signature)
