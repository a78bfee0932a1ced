-- The delivery by which a code or link left, and the hash of the address that its use proves.
ALTER TABLE secrets ADD COLUMN letter BIGINT;
ALTER TABLE secrets ADD COLUMN proves TEXT NOT NULL DEFAULT '';
