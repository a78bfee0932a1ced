-- A list that waits to be imported, as it was read, with what organisers answered about it (JSON). '' for lists from before.
ALTER TABLE pending_imports ADD COLUMN reading TEXT NOT NULL DEFAULT '';
