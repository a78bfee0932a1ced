"""Decides who sits with whom in encounters, proves how good that is, and mends it on the day."""
