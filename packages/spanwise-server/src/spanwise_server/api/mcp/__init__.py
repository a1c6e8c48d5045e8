"""The Model Context Protocol endpoint: the HTTP API as tools for agents."""
