-- The colour and the logos that organisers chose in chat, as JSON: the last row counts, the row before it is undone to.
CREATE TABLE appearances (
    id {id},
    look TEXT NOT NULL
);
