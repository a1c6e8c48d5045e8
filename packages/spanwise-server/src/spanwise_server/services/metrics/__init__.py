"""Metrics queries."""
