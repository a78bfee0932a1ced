-- What an erasure still has to do once it is committed: the files to take off the disk (digests, a blank between
-- two), and what to look for a second time, '' from then on (JSON; see bot/mentions.py).
ALTER TABLE erasures ADD COLUMN files TEXT NOT NULL DEFAULT '';
ALTER TABLE erasures ADD COLUMN traces TEXT NOT NULL DEFAULT '';
