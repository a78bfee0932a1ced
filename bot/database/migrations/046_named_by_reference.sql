-- Stored messages name people and quote words by reference from here on. Those with ids up to `last_id`, of the table
-- `name`, may hold names and words as such: of these alone an erased person is taken out.
CREATE TABLE stored_before (
    name TEXT PRIMARY KEY,
    last_id BIGINT NOT NULL
);
INSERT INTO stored_before (name, last_id)
    SELECT 'page_messages', MAX(id) FROM page_messages HAVING MAX(id) IS NOT NULL;
INSERT INTO stored_before (name, last_id)
    SELECT 'deliveries', MAX(id) FROM deliveries HAVING MAX(id) IS NOT NULL;
INSERT INTO stored_before (name, last_id)
    SELECT 'journal', MAX(id) FROM journal HAVING MAX(id) IS NOT NULL;
-- Whom a file on a page names: their ids with blanks around them, '*' for anybody, NULL for files of before.
ALTER TABLE page_files ADD COLUMN named TEXT;
-- How far an erasure has come in each table, as JSON, so that it goes on there after a crash.
ALTER TABLE erasures ADD COLUMN progress TEXT NOT NULL DEFAULT '';
