-- The browsers in which a person's page is open: the name of each, for its owner, and when they confirmed that it is
-- theirs. Until then it does not show what was confided. Those that are open already go on as they were.
ALTER TABLE secrets ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE secrets ADD COLUMN confirmed_at BIGINT;
UPDATE secrets SET confirmed_at = created_at WHERE purpose = 'session';
