"""Static files under names that carry their content's hash, so that a browser keeps them for ever.

Files in a folder share one hash, which the folder carries: so scripts may name each other.

WhiteNoise serves them, the precompressed `.br` and `.gz` beside each file first.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from flask import Flask, request
from whitenoise import WhiteNoise

PREFIX = "/static/"
_HASH_LETTERS = 10
_COMPRESSED = (".br", ".gz")
_KEPT_AS = "addresses of static files"


class SameName(ValueError):
    """Two folders hold a static file of the same name."""


def serve_assets(app: Flask, folders: Sequence[Path]) -> None:
    """Serve the files of the folders, and give templates `asset(name)` for their address.

    Raises
    ------
    SameName
        If two folders hold a file of the same name.
    """
    served = WhiteNoise(
        app.wsgi_app,
        allow_all_origins=False,
        immutable_file_test=lambda _path, _url: True,
    )
    addresses: dict[str, str] = {}
    for folder in folders:
        for name, path in _files(folder):
            if name in addresses:
                raise SameName(name)
            addresses[name] = PREFIX + _hashed(name, folder)
            served.add_file_to_dictionary(addresses[name], str(path), _on_disk(path))
    app.extensions[_KEPT_AS] = addresses
    app.wsgi_app = served  # type: ignore[method-assign]

    def asset(name: str) -> str:
        return request.script_root + addresses[name]

    app.jinja_env.globals["asset"] = asset


def assets_in(app: Flask, folder: str) -> dict[str, str]:
    """Return the addresses of all files in one folder of an application, by name."""
    addresses: dict[str, str] = app.extensions[_KEPT_AS]
    return {name: at for name, at in addresses.items() if name.startswith(f"{folder}/")}


def _files(folder: Path) -> list[tuple[str, Path]]:
    return [
        (path.relative_to(folder).as_posix(), path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in _COMPRESSED
    ]


def _hashed(name: str, within: Path) -> str:
    inner, slash, rest = name.partition("/")
    if slash:
        return f"{inner}.{_digest([path for _, path in _files(within / inner)])}/{rest}"
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{_digest([within / name])}{dot}{suffix}"


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:_HASH_LETTERS]


def _on_disk(path: Path) -> dict[str, os.stat_result]:
    """Return the file and those of its compressed forms that are not older than it is."""
    original = path.stat()
    forms = {str(path): original}
    for suffix in _COMPRESSED:
        form = path.with_name(path.name + suffix)
        # WhiteNoise gives a compressed form the time of its original, in whole microseconds.
        if form.exists() and int(form.stat().st_mtime) >= int(original.st_mtime):
            forms[str(form)] = form.stat()
    return forms
