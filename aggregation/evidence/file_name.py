"""Names of files handed in: a line of letters, with the ending that the content has."""

import unicodedata
from collections.abc import Mapping

from aggregation.evidence.models import MediaType

LONGEST_NAME = 120
_ENDINGS: Mapping[MediaType, tuple[str, ...]] = {
    MediaType.PDF: (".pdf",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.PNG: (".png",),
    MediaType.WEBP: (".webp",),
}
_UNNAMED = "berkas"
_NOT_IN_NAMES = frozenset('<>:"|?*')
"""What Windows does not take in a name."""
_UNSEEN = "CZ"
"""Unicode's categories of controls, marks of direction, line ends, and what is not assigned."""


def clean_name(name: str, media_type: MediaType) -> str:
    r"""Return a name that can be shown, and saved on any computer.

    Examples
    --------
    >>> clean_name("C:\\foto\\Loket 3.JPG", MediaType.JPEG)
    'Loket 3.JPG'
    >>> clean_name("../laporan.html", MediaType.PDF)
    'laporan.html.pdf'
    >>> clean_name("\u202egnp.exe", MediaType.PNG)
    'gnp.exe.png'
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(_shown(letter) for letter in last)
    stem = " ".join(seen.split()).strip(". ")
    ending = next((each for each in _ENDINGS[media_type] if stem.lower().endswith(each)), "")
    if ending:
        stem, ending = stem[: -len(ending)], stem[-len(ending) :]
    ending = ending or _ENDINGS[media_type][0]
    return (stem[: LONGEST_NAME - len(ending)].rstrip(". ") or _UNNAMED) + ending


def _shown(letter: str) -> str:
    if letter in _NOT_IN_NAMES:
        return "-"
    if unicodedata.category(letter)[0] in _UNSEEN:
        return " " if letter.isspace() else ""
    return letter
