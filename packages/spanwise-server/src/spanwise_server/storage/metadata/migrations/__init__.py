"""Alembic migrations of the metadata database, one file a step, each with a way back."""
