"""The platforms that people use: one adapter for each, the only code that knows a chat library."""
