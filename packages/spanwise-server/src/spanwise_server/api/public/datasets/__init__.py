"""Routes of datasets, their items, runs and experiments."""
