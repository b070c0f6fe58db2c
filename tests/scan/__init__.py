"""Scanners of the whole repository, run by `make scan`: each with what it must find, planted."""
