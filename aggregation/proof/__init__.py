"""Proof: months are sealed, and what is recorded is checked against its seals (method §8)."""
