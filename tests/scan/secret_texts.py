"""Secrets in the tree and in every version of every file that the history holds.

Each blob is read once, through one ``git cat-file --batch``, so the whole history takes seconds.
Two sieves look at a text: what keys of known makers look like, and words that are named like a
secret and are as random as one. What is made up stands in `MADE_UP`, with the reason.
"""

import math
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LARGEST = 2 * 1024 * 1024
"""Bytes of a file that is still read: no text of ours is longer."""

_MAKERS = (
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\"'\\n]+[A-Za-z0-9+/=]{32}",
    r"\bAKIA[0-9A-Z]{16}\b",  # Amazon
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",  # GitHub
    r"\bgithub_pat_[A-Za-z0-9_]{60,}\b",
    r"\bglpat-[A-Za-z0-9_-]{20}\b",  # GitLab
    r"\bxox[abprs]-[A-Za-z0-9-]{20,}\b",  # Slack
    r"\bsk-[A-Za-z0-9_-]{32,}\b",
    r"\bAIza[A-Za-z0-9_-]{35}\b",  # Google
    r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{15,}",  # JWT
    r"\bpypi-[A-Za-z0-9_-]{40,}\b",
    r"\bnpm_[A-Za-z0-9]{36}\b",
    r"\b[a-z]{2,12}://[^\s/:@'\"{}<>$]{1,40}:[^\s/@'\"{}<>$]{6,60}@[a-z0-9.-]+",
)
_KNOWN = re.compile("|".join(_MAKERS))
_NAMED = re.compile(
    r"(?i)(?:secret|passw(?:or)?d|sandi|token|api_?key|credential|private_?key)[a-z_]{0,20}"
    r"[\"']?\s*[:=]{1,2}\s*[bfr]?[\"']?([A-Za-z0-9+/=_\-!#%^&*.]{16,128})[\"']?"
)
_MOST_RANDOM_WORD = 3.6
"""Bits a letter from which a word of sixteen letters or more is no name or phrase."""

MADE_UP = {
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v": "the first test key of RFC 8032, tests/test_hr_api.py",
    "smtp://user:password@mail.example.go.id": "the example in README and in a refusal",
    ":hunter2@": "the made-up password of tests of settings, mail and containers",
}
"""What looks like a secret and is none, with where it comes from."""

# Locks hold digests, and what others wrote holds their examples.
_PASSED = re.compile(r"(^|/)(requirements[a-z-]*\.txt|vendor/.*|fonts/.*)$")


@dataclass(frozen=True, order=True)
class Leak:
    """A line that holds what looks like a secret; the secret itself is not told again."""

    path: str
    blob: str
    line: int
    kind: str
    beginning: str


def entropy(word: str) -> float:
    """Return the Shannon entropy of a word's letters, in bits a letter.

    >>> entropy("aaaa"), entropy("abcd")
    (-0.0, 2.0)
    """
    shares = [count / len(word) for count in Counter(word).values()]
    return -sum(share * math.log2(share) for share in shares)


def suspicious(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, kind and text of what looks like a secret and is not known to be made up."""
    for found in _KNOWN.finditer(text):
        yield _line(text, found), "known maker", found[0]
    for found in _NAMED.finditer(text):
        if entropy(found[1]) >= _MOST_RANDOM_WORD and re.search(r"\d", found[1]):
            yield _line(text, found), "named", found[1]


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1


def leaks(files: Iterable[tuple[str, str, bytes]]) -> list[Leak]:
    """Return the leaks of files, given as path, name of the version, and content."""
    return sorted(
        Leak(path, blob[:12], line, kind, word[:8])
        for path, blob, content in files
        if not _PASSED.search(path) and len(content) <= LARGEST and b"\0" not in content
        for line, kind, word in suspicious(content.decode(errors="replace"))
        if not any(known in word for known in MADE_UP)
    )


def in_tree(repository: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yield the files that git keeps or would keep, as they lie there now."""
    listed = _git(repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in sorted(set(listed.decode().split("\0")) - {""}):
        path = repository / name
        if path.is_file() and not path.is_symlink():
            yield name, "tree", path.read_bytes()


def in_history(repository: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yield every blob and message that a branch or tag can reach, once, with one of its paths."""
    listed = _git(repository, "rev-list", "--all", "--objects").decode(errors="replace")
    paths = dict(line.partition(" ")[::2] for line in listed.splitlines())
    names = "\n".join(paths).encode()
    told = _git(repository, "cat-file", "--batch", "--buffer", given=names)
    at = 0
    while at < len(told):
        end = told.index(b"\n", at)
        name, kind, size = told[at:end].decode().split()
        content = told[end + 1 : end + 1 + int(size)]
        at = end + 2 + int(size)
        if kind != "tree":
            yield paths[name] or kind, name, content


def _git(repository: Path, *command: str, given: bytes = b"") -> bytes:
    done = subprocess.run(
        ["git", *command], check=True, capture_output=True, cwd=repository, input=given
    )
    return done.stdout
