"""What a reader may ask: filter expressions, fields and queries. No SQL, no wire format."""
