"""Answers a monitoring system: numbers about what the program does, and whether it is healthy."""
