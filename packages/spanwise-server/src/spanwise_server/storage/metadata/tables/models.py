"""Model definitions of projects and their prices."""

from __future__ import annotations
