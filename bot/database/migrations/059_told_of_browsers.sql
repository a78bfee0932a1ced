-- When the owner of a page was told that it was opened in a browser, NULL while they were not: such a browser does not
-- open by itself. A session of before counts as told of when it began.
ALTER TABLE secrets ADD COLUMN told_at BIGINT;
UPDATE secrets SET told_at = created_at WHERE purpose = 'session';
