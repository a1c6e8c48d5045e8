"""Small parts that know no word of the domain and could be libraries of their own."""
