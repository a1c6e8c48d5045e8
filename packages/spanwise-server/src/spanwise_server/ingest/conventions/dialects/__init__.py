"""The conventions themselves: one module each, with its tables. They know no other convention and not which one wins."""
