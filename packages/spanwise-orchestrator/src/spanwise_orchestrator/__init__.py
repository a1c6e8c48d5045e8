"""Runs tasks on CLI agents, traced, budgeted and switched. Holds nothing yet."""
