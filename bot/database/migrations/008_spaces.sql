-- A group's place on a platform: a private thread and a role, or a topic of the forum. A place outlives its group until
-- it is closed, so `group_id` refers to nothing; ids of groups are never given twice. `wanted` counts what asked for
-- the place to be brought in step, `shown` says which of these it was; it is looked after again at `due_at`.
CREATE TABLE spaces (
    id {id},
    group_id BIGINT NOT NULL,
    platform TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    chat TEXT NOT NULL DEFAULT '',
    thread TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL DEFAULT '',
    card TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    wanted BIGINT NOT NULL DEFAULT 1,
    shown BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    UNIQUE (group_id, platform)
);
CREATE INDEX spaces_due ON spaces (platform, due_at);

-- Which accounts were let into a place.
CREATE TABLE admissions (
    space_id BIGINT NOT NULL REFERENCES spaces (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (space_id, account_id)
);
CREATE INDEX admissions_by_account ON admissions (account_id);

-- Whether an account is in the forum: until then its person is shown the way in.
ALTER TABLE accounts ADD COLUMN in_forum INTEGER NOT NULL DEFAULT 0;

-- A message goes to a person's account or to a place. A column cannot lose its NOT NULL in SQLite: another takes over.
DROP INDEX deliveries_by_account;
ALTER TABLE deliveries ADD COLUMN recipient BIGINT REFERENCES accounts (id) ON DELETE CASCADE;
UPDATE deliveries SET recipient = account_id;
ALTER TABLE deliveries DROP COLUMN account_id;
ALTER TABLE deliveries RENAME COLUMN recipient TO account_id;
CREATE INDEX deliveries_by_account ON deliveries (account_id) WHERE account_id IS NOT NULL;

ALTER TABLE deliveries ADD COLUMN space_id BIGINT REFERENCES spaces (id) ON DELETE CASCADE;
CREATE INDEX deliveries_by_space ON deliveries (space_id) WHERE space_id IS NOT NULL;
