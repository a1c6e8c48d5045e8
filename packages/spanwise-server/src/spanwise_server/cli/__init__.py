"""The server's subcommands of spanwise, one module a command."""
