"""Stores: events (``events``, ClickHouse dialect), metadata (``metadata``, SQLAlchemy). ``interface`` has the promises."""
