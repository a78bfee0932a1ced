-- The browser in which a question was written, while its owner had not confirmed it; '' for any other place. What is
-- written in such browsers is counted together, beside what its owner writes.
ALTER TABLE stage_questions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
