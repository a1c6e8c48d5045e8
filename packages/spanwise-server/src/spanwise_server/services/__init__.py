"""Use cases with a rule or a transaction; none that only forwards."""
