-- 1 for a session of config.example.toml that nobody of the team has changed or confirmed: only organisers see it.
ALTER TABLE sessions ADD COLUMN unconfirmed INTEGER NOT NULL DEFAULT 0;
