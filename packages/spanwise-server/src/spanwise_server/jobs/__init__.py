"""Work that nobody asked for by a request: each job is a module, ``schedule`` runs them."""
