-- Who took a group's call for help back; whoever did waits a little before calling again.
ALTER TABLE calls ADD COLUMN withdrawn_by BIGINT REFERENCES participants (id) ON DELETE SET NULL;
