"""Accounts of others, and tokens of programs."""
