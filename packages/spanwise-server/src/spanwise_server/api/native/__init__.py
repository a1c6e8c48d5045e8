"""Routes of the native API, for the browser application."""
