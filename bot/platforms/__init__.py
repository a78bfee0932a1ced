"""Where people are: one adapter a platform, the only places that know a chat library."""
