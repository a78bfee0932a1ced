"""People at work: the same gestures on every platform, each through the platform's real library."""
