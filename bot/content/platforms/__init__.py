"""Holds what each platform can do and what it forbids: one record a platform, which its adapter reads too."""
