"""Organisations, projects, keys, users and sessions in SQLite or PostgreSQL through SQLAlchemy."""
