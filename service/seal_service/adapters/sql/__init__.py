"""Databases: SQLite (embedded, the default) and PostgreSQL, through SQLAlchemy Core."""
