"""What people say about telemetry."""
