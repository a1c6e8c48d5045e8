"""Media files and what refers to them."""

from __future__ import annotations
