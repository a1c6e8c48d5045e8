"""Score configs."""

from __future__ import annotations
