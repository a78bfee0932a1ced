-- People with whose gender an order of groups was drawn, as they had agreed: it shows which of them have the same one.
CREATE TABLE stage_alternations (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE
);
