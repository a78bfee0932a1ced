-- The new browser in which somebody called for help, while its owner had not confirmed it; '' for any other place. Calls
-- are counted by browser.
ALTER TABLE calls ADD COLUMN browser TEXT NOT NULL DEFAULT '';
