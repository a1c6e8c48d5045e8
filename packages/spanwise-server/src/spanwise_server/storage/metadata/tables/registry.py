"""The collection that every table of the metadata database belongs to."""

from __future__ import annotations

from sqlalchemy import MetaData

# Explicit constraint names, so that a migration can drop on any database what an earlier one created.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
