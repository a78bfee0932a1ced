-- The new browser in which a question was written, while its owner had not confirmed it; '' for any other place.
-- Questions are counted by browser, and read in a new one only where they were written.
ALTER TABLE stage_questions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
