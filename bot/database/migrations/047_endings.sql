-- What was ended for good, by marks that are random: a copy of the database that lacks a mark which stands in the file
-- beside it is from before that, and what was ended is ended again. `kind` and `what` (a hash or a random id) are emptied
-- once they stand in that file. With `back` it was undone; with `traces`, deleted words have to go from the disk.
CREATE TABLE endings (
    id {id},
    mark TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    back INTEGER NOT NULL DEFAULT 0,
    traces INTEGER NOT NULL DEFAULT 0,
    noted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX endings_to_note ON endings (id) WHERE noted = 0;
