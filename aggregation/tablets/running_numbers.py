"""Running numbers as people write them."""

from collections.abc import Sequence

from kiosk.arrivals import Range

_MOST_RANGES = 5


def written(gaps: Sequence[Range]) -> str:
    """Write running numbers; after a few ranges only that there are more.

    Examples
    --------
    >>> written(((17, 17), (20, 22)))
    '17, 20–22'
    >>> written(tuple((n, n) for n in range(0, 14, 2)))
    '0, 2, 4, 6, 8, …'
    """
    said = [str(first) if first == last else f"{first}–{last}" for first, last in gaps]
    return ", ".join(said[:_MOST_RANGES] + ["…"] * (len(said) > _MOST_RANGES))
