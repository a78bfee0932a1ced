-- Which message a file of an idea came with, where its idea is known by another: who deletes it takes the file back.
ALTER TABLE idea_files ADD COLUMN native_id TEXT NOT NULL DEFAULT '';
