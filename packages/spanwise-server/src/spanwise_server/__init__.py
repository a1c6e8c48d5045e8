"""Spanwise server: LLM and agent observability in one process."""
