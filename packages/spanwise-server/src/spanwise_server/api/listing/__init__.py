"""How lists are asked for: query parameters, conditions, pages and cursors. No route, no response shape."""
