"""Connections to model providers, with encrypted keys."""

from __future__ import annotations
