-- What an update causes carries its reference, so that it can be followed; NULL in rows that were there before.
-- Of an update that failed the reference was known already; what became of the others was not written down.
ALTER TABLE inbox ADD COLUMN outcome TEXT;
UPDATE inbox SET outcome = 'failed' WHERE reference IS NOT NULL;
ALTER TABLE deliveries ADD COLUMN reference TEXT;
ALTER TABLE jobs ADD COLUMN reference TEXT;
ALTER TABLE screens ADD COLUMN reference TEXT;
ALTER TABLE announcements ADD COLUMN reference TEXT;
