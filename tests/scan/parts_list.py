"""The list of parts (SBOM) of the product, as CycloneDX JSON: packages and files of others.

``python -m tests.scan.parts_list FILE``, or `make sbom`. It says what is locked and what lies in
the tree, so the same commit gives the same bytes: no moment and no serial number stand in it.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.txt"
_ENTRY = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==([^\s;]+)(?: ; (.+?))? \\$", re.MULTILINE)
_LONGEST_NAME = 40

LISTED = {
    "colorama": "BSD-3-Clause",  # needed on Windows alone, and so not installed here
    "pysqlite3": "Zlib",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "qrcode": "BSD-3-Clause",
}
"""Licences of packages whose own metadata says none, or not which."""

VENDORED = {
    "aggregation/static/vendor/plotly-basic": ("plotly.js-basic-dist-min", "MIT"),
    "kiosk/fonts/PublicSans": ("public-sans", "OFL-1.1"),
    "kiosk/static/tablet/vendor/idb/": ("idb", "ISC"),
    "kiosk/static/tablet/vendor/lean-qr/": ("lean-qr", "MIT"),
}
"""What the files of others are that lie in the tree: their name and licence, by their beginning."""


class UnknownLicence(LookupError):
    """Nobody has said under which licence a part may be passed on."""


def locked(lock: str) -> list[tuple[str, str, str]]:
    """Return name, version and marker of each package of a lock."""
    return [(name, version, marker) for name, version, marker in _ENTRY.findall(lock)]


def others_files(root: Path = ROOT) -> list[Path]:
    """Return the files of others that the product serves or prints with, their licences apart."""
    found = [path for folder in root.glob("*/**/vendor") for path in folder.rglob("*")]
    found += (root / "kiosk" / "fonts").iterdir()
    texts = re.compile(r"(LICENSE|OFL\.txt)$|\.(br|gz)$")
    return sorted(
        path for path in found
        if path.is_file() and not texts.search(path.name) and ".venv" not in str(path)
    )  # fmt: skip


def parts_list(lock: str, files: list[Path]) -> dict[str, Any]:
    """Return the list as CycloneDX 1.6 has it.

    Raises
    ------
    UnknownLicence
        If a part has none.
    """
    components = [*(_package(*entry) for entry in locked(lock)), *map(_file, files)]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "nilai-loket",
                                   "licenses": [{"license": {"id": "MIT"}}]}},
        "components": sorted(components, key=lambda each: str(each["bom-ref"])),
    }  # fmt: skip


def _package(name: str, version: str, marker: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{name}@{version}"
    told = {"properties": [{"name": "marker", "value": marker}]} if marker else {}
    return {
        "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
        "licenses": [_licence(name)], **told,
    }  # fmt: skip


def _licence(name: str) -> dict[str, Any]:
    if name in LISTED:
        return {"expression": LISTED[name]}
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError as error:
        raise UnknownLicence(name) from error
    if "License-Expression" in told:
        return {"expression": told["License-Expression"]}
    words = next(_words(told), None)
    if words is None:
        raise UnknownLicence(name)
    return {"license": {"name": words}}


def _words(told: "metadata.PackageMetadata") -> Iterator[str]:
    """Yield how older packages say their licence: in a classifier, or in a word."""
    for classifier in told.get_all("Classifier") or []:
        if classifier.startswith("License :: OSI Approved :: "):
            yield classifier.rpartition(" :: ")[2]
    text = (told.get_all("License") or [""])[0]
    if 0 < len(text) <= _LONGEST_NAME and "\n" not in text:
        yield text


def _file(path: Path) -> dict[str, Any]:
    place = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()
    known = next((VENDORED[each] for each in VENDORED if place.startswith(each)), None)
    if known is None:
        raise UnknownLicence(place)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "type": "file", "bom-ref": place, "name": place, "description": f"of {known[0]}",
        "hashes": [{"alg": "SHA-256", "content": digest}],
        "licenses": [{"license": {"id": known[1]}}],
    }  # fmt: skip


def write(file: Path) -> None:
    """Write the list of this checkout."""
    file.parent.mkdir(parents=True, exist_ok=True)
    told = json.dumps(parts_list(LOCK.read_text(), others_files()), indent=1, sort_keys=True)
    file.write_text(told + "\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
