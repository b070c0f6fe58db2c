"""What a score promises of chance: coverage, names, proposals, and k; seeded or exact."""

from collections.abc import Iterator

from tests.bench import fair_intervals, fair_k, fair_names


def run() -> Iterator[str]:
    """Yield the lines to print."""
    for part in (fair_intervals, fair_names, fair_k):
        yield from part.lines()
