"""Routes of administration, for organization-scoped keys and the admin key."""
