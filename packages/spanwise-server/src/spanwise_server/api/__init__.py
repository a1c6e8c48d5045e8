"""HTTP: one module a resource, routes on one screen, policies declared."""
