"""Run every benchmark and print its lines: `make bench`."""

import os
import platform
from datetime import UTC, datetime

from tests.bench import (
    close_month,
    fairness,
    large_office,
    load,
    province,
    rating_cost,
    screening,
    tablets,
    unit_page,
    verify,
    write_once,
)


def main() -> None:
    """Print each benchmark's lines as soon as they are measured."""
    print(
        f"{datetime.now(UTC):%Y-%m-%d} · Python {platform.python_version()} · "
        f"{os.cpu_count()} cores · {platform.system()} {platform.machine()}"
    )
    for benchmark in (
        fairness,
        rating_cost,
        write_once,
        tablets,
        large_office,
        close_month,
        unit_page,
        verify,
        screening,
        load,
        province,
    ):
        print(f"\n{(benchmark.__doc__ or '').splitlines()[0]}")
        for line in benchmark.run():
            print(line, flush=True)


if __name__ == "__main__":
    main()
