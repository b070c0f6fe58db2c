"""Quarantine and its review: what may not count before an independent person has looked."""
