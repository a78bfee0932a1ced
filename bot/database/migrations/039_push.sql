-- Browsers in which someone's page rings while it is closed, each for as long as the session in it lasts, and what is
-- pushed to them. The browser's own keys are public, and a secret between it and us; `name` is that of the browser.
CREATE TABLE push_devices (
    id {id},
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    session TEXT NOT NULL UNIQUE REFERENCES secrets (hash) ON DELETE CASCADE,
    endpoint TEXT NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    secret TEXT NOT NULL,
    name TEXT NOT NULL,
    shows_text INTEGER NOT NULL DEFAULT 0,
    refusals INTEGER NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    rung_at BIGINT
);
CREATE INDEX push_devices_by_participant ON push_devices (participant_id);

CREATE TABLE pushes (
    id {id},
    device_id BIGINT NOT NULL REFERENCES push_devices (id) ON DELETE CASCADE,
    message_id BIGINT NOT NULL REFERENCES page_messages (id) ON DELETE CASCADE,
    delivery_id BIGINT,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL DEFAULT '',
    urgency TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    settled_at BIGINT,
    reference TEXT,
    UNIQUE (device_id, message_id)
);
CREATE INDEX pushes_due ON pushes (state, due_at);
CREATE INDEX pushes_by_message ON pushes (message_id);

ALTER TABLE deliveries ADD COLUMN rung_at BIGINT;
