"""Prompts, their versions, labels and references."""

from __future__ import annotations
