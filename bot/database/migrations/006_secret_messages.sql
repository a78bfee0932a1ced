-- What shows ways in to others leaves the page soon: it must not stay readable where only hashes are kept.

ALTER TABLE page_messages ADD COLUMN secret INTEGER NOT NULL DEFAULT 0;
