-- Copies of an announcement to many are corrected, taken back and tried again in slices: the last one looked at, NULL
-- once all were; whether those that failed are tried again. The messages about a campaign that ended say so in slices
-- too: the last one looked at, NULL once all were.
ALTER TABLE announcements ADD COLUMN changed_to BIGINT;
ALTER TABLE announcements ADD COLUMN trying_again INTEGER NOT NULL DEFAULT 0;
ALTER TABLE announcements ADD COLUMN closed_to BIGINT;

-- By an expression: SQLite would take it for other questions too, for which other indexes are far better.
CREATE INDEX deliveries_copies ON deliveries ((announcement_id + 0), id) WHERE announcement_id IS NOT NULL;
DROP INDEX deliveries_by_subject;
CREATE INDEX deliveries_by_subject ON deliveries (subject, id) WHERE subject <> '';

-- Those whose list of commands is their own are few.
CREATE INDEX accounts_by_command_list ON accounts (platform) WHERE command_list <> '';
