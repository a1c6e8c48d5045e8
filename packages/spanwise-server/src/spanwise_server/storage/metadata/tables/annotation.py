"""Comments, annotation queues, their items and assignments."""

from __future__ import annotations
