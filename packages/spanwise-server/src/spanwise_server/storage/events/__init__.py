"""The event store in the ClickHouse dialect, in-process (chDB) or on a server: one class, one dialect."""
