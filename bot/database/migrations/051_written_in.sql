-- The new browser in which words in confidence were written, while its owner had not confirmed it: they, and the answer
-- to them, are shown there all the same. '' for words that were written anywhere else.
ALTER TABLE trust_messages ADD COLUMN browser TEXT NOT NULL DEFAULT '';
