"""Alembic migrations, forward and back, for both databases."""
