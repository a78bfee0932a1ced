"""Encounters: a session in which people sit in pairs, with somebody else in every seating."""
