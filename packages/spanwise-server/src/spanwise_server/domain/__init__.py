"""Frozen types and pure rules of the product: no I/O, no wire format, no SQL."""
