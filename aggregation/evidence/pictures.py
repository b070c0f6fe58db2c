"""What the three kinds of pictures have in common."""

from aggregation.evidence.refusals import FileDamaged, PictureTooLarge

MOST_PIXELS = 64_000_000
"""Width times height: what phones take, and no picture that fills a computer's memory."""


def require_size(width: int, height: int) -> None:
    """See that a picture has a size that can be opened.

    Raises
    ------
    FileDamaged
        If it has no size at all.
    PictureTooLarge
        If it has more than `MOST_PIXELS`.
    """
    if width < 1 or height < 1:
        raise FileDamaged
    if width * height > MOST_PIXELS:
        raise PictureTooLarge
