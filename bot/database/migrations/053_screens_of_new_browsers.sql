-- The screen that was opened last in a new browser, while its owner had not confirmed it, as accounts.screen is that of
-- all others: what is pressed there does not change what becomes of words that are written elsewhere.
ALTER TABLE secrets ADD COLUMN screen TEXT NOT NULL DEFAULT '';
