-- The table with confidential answers that a file on a page shows, '' for none: it is dropped when they are erased.
ALTER TABLE page_files ADD COLUMN made_from TEXT NOT NULL DEFAULT '';
CREATE INDEX page_files_by_table ON page_files (made_from) WHERE made_from <> '';
