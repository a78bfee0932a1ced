"""The SQL of initiatives: cards, and who wants to keep in touch with whom."""
