-- The new browser in which a question was asked, while its owner had not confirmed it; '' for any other place. Questions
-- are counted by browser.
ALTER TABLE questions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
