"""The wire shapes of responses and the functions from stored rows to them. No I/O, no queries, no request handling."""
