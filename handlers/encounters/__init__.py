"""Encounters: a session in which people sit in pairs, and change partners in every seating."""
