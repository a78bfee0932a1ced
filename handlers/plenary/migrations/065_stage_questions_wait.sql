-- No question is written in a new browser any more.
ALTER TABLE stage_questions DROP COLUMN browser;
