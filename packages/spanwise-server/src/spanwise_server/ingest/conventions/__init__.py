"""Attribute conventions of each vendor, one table a module; precedence stands in the package."""
