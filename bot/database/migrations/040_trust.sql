-- Messages of personal pages that are not in the document of a person's data.
ALTER TABLE page_messages ADD COLUMN confidential INTEGER NOT NULL DEFAULT 0;

-- Persons of trust: one to three participants whom the organisers named for this.
CREATE TABLE trusted_people (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,
    languages TEXT NOT NULL,
    hours TEXT NOT NULL,
    named_at BIGINT NOT NULL
);

-- Conversations with persons of trust. A person of trust who leaves is taken out of theirs: then nobody reads them but
-- who wrote, until they hand them on. A closed one is read by its person of trust alone: a new invitation was made for
-- its author, and whoever comes in by that might be somebody else.
CREATE TABLE trust_conversations (
    id {id},
    author_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    trusted_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    anonymous INTEGER NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0,
    begun_at BIGINT NOT NULL
);
CREATE INDEX trust_conversations_of_author ON trust_conversations (author_id);
CREATE INDEX trust_conversations_of_trusted ON trust_conversations (trusted_id);

-- The only place where the words of these conversations stand. A message without an instant was kept, and not sent.
CREATE TABLE trust_messages (
    id {id},
    conversation_id BIGINT NOT NULL REFERENCES trust_conversations (id) ON DELETE CASCADE,
    writer_id BIGINT REFERENCES participants (id) ON DELETE CASCADE,
    words TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX trust_messages_of_conversation ON trust_messages (conversation_id);
CREATE INDEX trust_messages_of_writer ON trust_messages (writer_id);

-- Telephone numbers that people left for emergencies.
CREATE TABLE emergency_phones (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,
    phone TEXT NOT NULL
);

-- «Are you safe?»: one check runs at most, as `running` is 1 or NULL. In a drill, nothing has happened.
CREATE TABLE safety_checks (
    id {id},
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    audience TEXT NOT NULL,
    drill INTEGER NOT NULL,
    running INTEGER UNIQUE,
    begun_at BIGINT NOT NULL,
    second_round_at BIGINT,
    closed_at BIGINT
);

-- Whom a check asked, and the last answer: safe, help, or '' for none yet. Help that was asked for stays written.
CREATE TABLE safety_answers (
    check_id BIGINT NOT NULL REFERENCES safety_checks (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    answer TEXT NOT NULL DEFAULT '',
    answered_at BIGINT,
    help_at BIGINT,
    place TEXT NOT NULL DEFAULT '',
    place_at BIGINT,
    PRIMARY KEY (check_id, participant_id)
);
CREATE INDEX safety_answers_of_person ON safety_answers (participant_id);
