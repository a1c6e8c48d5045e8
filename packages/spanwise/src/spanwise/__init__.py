"""Spanwise: what an agent installs, and the `spanwise` command that the other distributions extend."""
