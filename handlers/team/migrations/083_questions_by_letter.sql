-- The platform from which a question came by letter, where its writer is less sure than elsewhere; '' for any other way.
ALTER TABLE questions ADD COLUMN way TEXT NOT NULL DEFAULT '';
