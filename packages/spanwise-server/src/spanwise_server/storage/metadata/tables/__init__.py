"""Tables of the metadata database. Shape only: reading and writing rows is the repositories' part.

Times are microseconds since the epoch. A change here needs a migration and a fresh ``schema.sql``; tests compare the three.
"""
