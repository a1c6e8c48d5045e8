"""The steps, named by the order they apply in."""
