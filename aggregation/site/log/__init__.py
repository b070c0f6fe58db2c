"""The log, as pages tell it."""
