"""Describes what each platform can do and what it forbids: one record per platform, which its adapter reads too."""
