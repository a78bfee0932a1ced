-- Messages that tell of a report are known as such by their kind: whom they are about did nothing, and is not told.
UPDATE deliveries SET kind = 'report' WHERE kind = 'message' AND EXISTS
    (SELECT 1 FROM idea_reports r JOIN ideas i ON i.id = r.idea_id
     WHERE i.author_id = deliveries.about AND r.at = deliveries.created_at);
