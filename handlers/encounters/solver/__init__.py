"""Decides who sits with whom in encounters, proves how good the plan is, and changes it on the day."""
