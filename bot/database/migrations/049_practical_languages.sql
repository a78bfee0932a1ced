-- In which language somebody read a section of practical information: of a change of another one they are not told. ''
-- where that was not kept yet.
ALTER TABLE practical_readers ADD COLUMN locale TEXT NOT NULL DEFAULT '';
