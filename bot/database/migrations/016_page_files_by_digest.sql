-- What hangs on a page is a file beside the database, named by `digest`; `content` is empty then. It holds the bytes
-- where `digest` is '': of what is secret, which goes with its row, and of what came before this. `width` and `height`
-- are a picture's, as it is seen.
ALTER TABLE page_files ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE page_files ADD COLUMN width BIGINT;
ALTER TABLE page_files ADD COLUMN height BIGINT;
CREATE INDEX page_files_by_digest ON page_files (digest) WHERE digest <> '';
