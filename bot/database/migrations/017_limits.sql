-- Who took a group's call for help back; whoever did waits a little before calling again.
ALTER TABLE calls ADD COLUMN withdrawn_by BIGINT REFERENCES participants (id) ON DELETE SET NULL;
CREATE INDEX calls_by_withdrawn ON calls (withdrawn_by, closed_at) WHERE withdrawn_by IS NOT NULL;

-- Questions of one person are counted, the latest first, whenever they ask another.
CREATE INDEX questions_by_participant ON questions (participant_id, asked_at);
