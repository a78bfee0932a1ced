"""Settings: defaults, then config.toml, then the environment; and what organisers may change of them in chat."""
