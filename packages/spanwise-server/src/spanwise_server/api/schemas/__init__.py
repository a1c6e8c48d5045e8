"""Wire forms of requests and responses; the only place where names change case."""
