"""Small cells: fewer people than this are not shown as a figure (method §9)."""

SMALLEST_CELL = 10
"""Full questionnaires, or responses, that a figure of a closed period needs at least."""
