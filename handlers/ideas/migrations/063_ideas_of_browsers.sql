-- The id of the new browser in which an idea was given, while its owner had not confirmed that; '' for any other place.
-- So ideas that are given there use up none of those that its author can give elsewhere.
ALTER TABLE ideas ADD COLUMN browser TEXT NOT NULL DEFAULT '';
