"""Datasets, their items with all versions, runs and run items."""

from __future__ import annotations
