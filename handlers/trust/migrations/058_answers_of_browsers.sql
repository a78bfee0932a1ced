-- The new browser in which somebody said last that they need help, or left a telephone number, while its owner had not
-- confirmed it; '' for any other place. So what its owner asks for themselves is announced, their number replaces the
-- other, and organisers see which may be somebody else's.
ALTER TABLE safety_answers ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE emergency_phones ADD COLUMN browser TEXT NOT NULL DEFAULT '';
