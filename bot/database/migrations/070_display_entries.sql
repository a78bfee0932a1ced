-- The short code by which people come to their own page from a display («/e/KX7P2M»). It opens nothing by itself, so it
-- is stored as it is shown.
CREATE TABLE display_entries (
    code TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    UNIQUE (kind, subject)
);
