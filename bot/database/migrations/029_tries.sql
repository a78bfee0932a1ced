-- Wrong codes are counted by the account that types them (attempts), not by the secret that somebody may have meant.
ALTER TABLE secrets DROP COLUMN tries;
