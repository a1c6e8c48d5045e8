"""What scores must keep to."""
