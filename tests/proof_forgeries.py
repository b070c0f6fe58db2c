"""Manipulations of a proof, by somebody who has the key and signs anew whatever was changed."""

import json
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from typing import Any

from survey.merkle import canonical, root_of
from survey.signing import SealKey

Files = dict[str, bytes]
Change = Callable[[dict[str, Any]], None]
"""Changes the contents of a proof's files, by name without its ending."""


def changed(files: Files, change: Change) -> Files:
    """Return files with changed contents, and nothing signed anew."""
    said = {name[:-5]: json.loads(text) for name, text in files.items() if name.endswith(".json")}
    before = deepcopy(said)
    change(said)
    new = {
        f"{name}.json": json.dumps(content, sort_keys=True, indent=1).encode()
        for name, content in said.items()
        if content != before[name]
    }
    assert new, "the change changed nothing"
    return {**files, **new}


def signed_anew(files: Files, key: SealKey) -> Files:
    """Return files whose `proof.json` binds them as they are now to the chain as it is now."""
    proof = json.loads(files["proof.json"])
    said = json.loads(proof["statement"])
    last = json.loads(files["seals.json"])["seals"][-1]
    said["previous"] = _digest(last)
    said["key"] = key.raw.hex()
    said["files"] = {name: sha256(files[name]).hexdigest() for name in said["files"]}
    return {**files, "proof.json": canonical(_sealed(said, key))}


def sealed_anew(files: Files, key: SealKey, change: Change = lambda _: None) -> Files:
    """Return files after a change, with a chain that agrees with it and is signed by a key.

    The month's seal takes over the digest of the changed figures.
    """

    def whole(said: dict[str, Any]) -> None:
        change(said)
        links: list[dict[str, str]] = []
        for seal in said["seals"]["seals"]:
            facts = json.loads(seal["statement"])
            facts |= {"previous": _digest(links[-1]) if links else "0" * 64}
            facts |= {"key": key.raw.hex()}
            if facts["kind"] == "month":
                facts["figures"] = _figures_seal(said, facts["month"], facts["subject"])
            links.append(_sealed(facts, key))
        said["seals"]["seals"] = links

    return signed_anew(changed(files, whole), key)


def _figures_seal(said: dict[str, Any], name: str, closing: str) -> str:
    """Return what the seal of a closing says of its figures; one of another month stays."""
    rows = said[f"rows-{name}"]
    [month] = [each for each in said["context"]["months"] if each["closing"] == closing]
    responses = sum(
        row["kind"] == "response"
        and row["id"] not in month["held"]
        and not (row["late"] and row["received_on"] >= (month["late_until"] or ""))
        for row in rows
    )
    salts = root_of(sorted(bytes.fromhex(row["salt"]) for row in rows))
    facts = {"figures": _figures_digest(said[f"figures-{name}"]), "responses": responses}
    return sha256(salts + canonical(facts)).hexdigest()


def _figures_digest(figures: dict[str, Any]) -> str:
    content = {
        name: sorted(canonical(row).decode() for row in rows) if isinstance(rows, list) else rows
        for name, rows in figures.items()
    }
    spelled = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return sha256(spelled.encode()).hexdigest()


def _sealed(facts: dict[str, Any], key: SealKey) -> dict[str, str]:
    statement = canonical(facts)
    return {"signature": key.sign(statement).hex(), "statement": statement.decode()}


def _digest(seal: dict[str, str]) -> str:
    return sha256(seal["statement"].encode() + bytes.fromhex(seal["signature"])).hexdigest()
