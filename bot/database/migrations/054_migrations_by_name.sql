-- Migrations are recorded by name, as those of capabilities lie in their folders and two may have the same number. The
-- key was the number; a new database has this table already.

CREATE TABLE migrations_by_name (version BIGINT NOT NULL, name TEXT PRIMARY KEY);
INSERT INTO migrations_by_name (version, name) SELECT version, name FROM schema_version;
DROP TABLE schema_version;
ALTER TABLE migrations_by_name RENAME TO schema_version;
