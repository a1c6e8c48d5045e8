"""The way in: decode bytes, map conventions, enrich, commit in groups. No HTTP, no SQL."""
