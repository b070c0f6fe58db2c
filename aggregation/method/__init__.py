"""The rules as plain functions over frozen values (method §3, §5, §6)."""
