"""Settings: defaults, then config.toml, then the environment; and the settings that organisers change in chat."""
