-- When the owner of a page was told of a browser follows from the messages that told them, and nothing else is stored.
ALTER TABLE secrets DROP COLUMN told_at;
