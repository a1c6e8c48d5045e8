"""Datasets, runs and experiments."""
