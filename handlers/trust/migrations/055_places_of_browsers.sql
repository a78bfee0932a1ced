-- The new browser in which somebody said where they are, while its owner had not confirmed it; '' for any other place.
-- Those of one browser push out none of another.
ALTER TABLE safety_places ADD COLUMN browser TEXT NOT NULL DEFAULT '';
