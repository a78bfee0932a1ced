"""The SQL of attendance: how people are marked, and the key of the badges by which they are found."""
