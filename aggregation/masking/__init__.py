"""Masking what names or insults people, before anybody but the reviewer reads it (method §9)."""
