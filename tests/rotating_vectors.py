"""Letters that tablet and server must both make of a key and a minute: one list for both."""

from uuid import UUID

KEY = bytes(range(32))
"""A tablet's key."""

VECTORS = {
    0: "X1BQ2Y",
    1: "BBQ0CQ",
    29_384_832: "R0C028",  # 14 November 2025, 03.12 UTC
    29_852_940: "M2CRVY",  # 5 October 2026, noon in Jakarta
    2**31: "TPD9FM",  # past what 32 bits hold with a sign
    86_400_000_000: "CAX0CD",
}
"""Letters by step."""

SECRET = b"s" * 32
DEVICE = UUID("0b5d3b67-2a55-4c1e-9a7e-39f2a3b4c5d6")
CODE_KEY = "6a2a6bb3ccedcf4c7ca5e1cdcb7a83731dd0fe88a61f0a383573781e58d8ae91"
"""What `SECRET` and `DEVICE` make, in hexadecimal digits."""
