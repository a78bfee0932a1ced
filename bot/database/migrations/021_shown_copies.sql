-- What tells apart what a copy of an announcement shows; '' for one that came before this was noted.
ALTER TABLE deliveries ADD COLUMN shown TEXT NOT NULL DEFAULT '';
