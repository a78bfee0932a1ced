"""Speed, and what survives, measured as ratios within one run; see `Load` for people at work on three platforms."""
