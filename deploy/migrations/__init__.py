"""The one set of schema changes, for SQLite and PostgreSQL both."""
