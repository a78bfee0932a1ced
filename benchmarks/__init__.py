"""Measures speed, and what survives kills, as ratios within one run. `Load` has people act on three platforms."""
