"""The gate for files: what is kept is a whole PDF, JPEG, PNG or WEBP of at most two mebibytes.

The content decides what a file is, never its name or what the browser says of it.
"""

from dataclasses import dataclass

from aggregation.evidence import jpeg, pdf, png
from aggregation.evidence.file_name import clean_name
from aggregation.evidence.models import MediaType
from aggregation.evidence.refusals import FileEmpty, FileTooLarge, HeicPicture, KindUnknown
from aggregation.evidence.webp import bare_webp, is_webp

LARGEST_FILE = 2 * 1024 * 1024
"""Bytes of one file, as it comes."""

_HEIC = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypavif")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be kept.

    Attributes
    ----------
    name
        Cleaned, with the ending of its kind; up to 120 characters.
    body
        Of a picture without what its camera told besides, such as the place.
    """

    name: str
    media_type: MediaType
    body: bytes


def check_file(name: str, body: bytes) -> CheckedFile:
    """Return a file as it may be kept.

    Parameters
    ----------
    name
        As the browser gave it.
    body
        Its content; reading one byte more than `LARGEST_FILE` is enough to refuse it.

    Raises
    ------
    EvidenceRefused
        `FileEmpty`, `FileTooLarge`, `KindUnknown` (`HeicPicture`), `FileDamaged` or
        `PictureTooLarge`, each with its sentence.
    """
    if not body:
        raise FileEmpty
    if len(body) > LARGEST_FILE:
        raise FileTooLarge
    media_type, kept = _opened(body)
    if len(kept) > LARGEST_FILE:
        raise FileTooLarge
    return CheckedFile(clean_name(name, media_type), media_type, kept)


def _opened(body: bytes) -> tuple[MediaType, bytes]:
    if body.startswith(pdf.MARK):
        return MediaType.PDF, pdf.require_pdf(body)
    if body.startswith(jpeg.MARK):
        return MediaType.JPEG, jpeg.bare_jpeg(body)
    if body.startswith(png.MARK):
        return MediaType.PNG, png.bare_png(body)
    if is_webp(body):
        return MediaType.WEBP, bare_webp(body)
    raise HeicPicture if body[4:12] in _HEIC else KindUnknown
