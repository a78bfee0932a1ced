BEGIN TRANSACTION;
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    platform TEXT NOT NULL,
    native_id TEXT NOT NULL,
    participant_id BIGINT REFERENCES participants (id) ON DELETE CASCADE,
    chat TEXT NOT NULL,
    name TEXT NOT NULL,
    locale TEXT,
    unreachable INTEGER NOT NULL DEFAULT 0,
    private_pushes INTEGER NOT NULL DEFAULT 0,
    linked_at BIGINT NOT NULL, in_forum INTEGER NOT NULL DEFAULT 0, private_chat TEXT NOT NULL DEFAULT '',
    UNIQUE (platform, native_id)
);
INSERT INTO "accounts" VALUES(1,'telegram','900',1,'chat-900','Inès','en',0,0,1803891600000000,0,'');
INSERT INTO "accounts" VALUES(2,'telegram','1',2,'chat-1','Zoé','en',0,0,1803891600000000,0,'');
INSERT INTO "accounts" VALUES(3,'discord','2',3,'chat-2','Luc','en',0,0,1803891600000000,0,'');
INSERT INTO "accounts" VALUES(4,'web','3',4,'chat-3','Mia','en',0,0,1803891600000000,0,'');
CREATE TABLE acknowledgements (
    announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    PRIMARY KEY (announcement_id, participant_id)
);
CREATE TABLE admissions (
    space_id BIGINT NOT NULL REFERENCES spaces (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (space_id, account_id)
);
CREATE TABLE albums (
    platform TEXT NOT NULL,
    chat TEXT NOT NULL,
    album TEXT NOT NULL,
    place BIGINT NOT NULL,
    body TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    picture INTEGER NOT NULL,
    state TEXT NOT NULL,
    content BYTEA NOT NULL,
    came_at BIGINT NOT NULL,
    PRIMARY KEY (platform, chat, album, place)
);
CREATE TABLE announcement_files (
    announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    alt TEXT NOT NULL DEFAULT '',
    content BYTEA NOT NULL,
    PRIMARY KEY (announcement_id, position)
);
CREATE TABLE announcements (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    kind TEXT NOT NULL DEFAULT 'announcement',
    content TEXT NOT NULL,
    audience TEXT NOT NULL DEFAULT 'all',
    urgent INTEGER NOT NULL DEFAULT 0,
    asks_seen INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'draft',
    revision BIGINT NOT NULL DEFAULT 1,
    due_at BIGINT,
    deadline_at BIGINT,
    created_at BIGINT NOT NULL,
    released_at BIGINT,
    ended_at BIGINT
);
CREATE TABLE attempts (
    platform TEXT NOT NULL,
    native_id TEXT NOT NULL,
    count INTEGER NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (platform, native_id)
);
INSERT INTO "attempts" VALUES('document','3',1,1803892200100000);
CREATE TABLE attendance (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    present INTEGER NOT NULL,
    marked_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    marked_at BIGINT NOT NULL,
    PRIMARY KEY (participant_id, day)
);
CREATE TABLE calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    caller_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    called_at BIGINT NOT NULL,
    taken_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    taken_at BIGINT,
    escalate_at BIGINT,
    closed_at BIGINT
, withdrawn_by BIGINT REFERENCES participants (id) ON DELETE SET NULL);
CREATE TABLE choices (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,
    theme TEXT REFERENCES themes (key),
    second_theme TEXT REFERENCES themes (key),
    chosen_at BIGINT NOT NULL
);
INSERT INTO "choices" VALUES(5,'culture',NULL,1803891600100000);
CREATE TABLE deck_confirmations (
    group_id BIGINT PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    confirmed_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    confirmed_at BIGINT NOT NULL
);
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    platform TEXT NOT NULL,
    kind TEXT NOT NULL,
    participant_id BIGINT REFERENCES participants (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    urgent INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting',
    due_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    native_id TEXT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT
, asked INTEGER NOT NULL DEFAULT 0, file_id BIGINT REFERENCES files (id), about BIGINT REFERENCES participants (id) ON DELETE CASCADE, account_id BIGINT REFERENCES accounts (id) ON DELETE CASCADE, space_id BIGINT REFERENCES spaces (id) ON DELETE CASCADE, announcement_id BIGINT REFERENCES announcements (id) ON DELETE CASCADE, op TEXT NOT NULL DEFAULT 'send', revision BIGINT, sent_at BIGINT, repeated INTEGER NOT NULL DEFAULT 0, place TEXT, mentions TEXT NOT NULL DEFAULT '', who INTEGER NOT NULL DEFAULT 0, shown TEXT NOT NULL DEFAULT '', subject TEXT NOT NULL DEFAULT '');
INSERT INTO "deliveries" VALUES(1,'discord','membership',3,'',0,'sent',1803891600000000,0,NULL,'',1803891600000000,1803891600050000,0,NULL,NULL,3,NULL,NULL,'send',NULL,1803891600050000,0,NULL,'',0,'','');
INSERT INTO "deliveries" VALUES(2,'telegram','message',1,'{"lines": [["strong", ["text", "New: {new}. Changed: {changed}. Unchanged: {unchanged}.", "", 1, {"new": 1, "changed": 0, "unchanged": 0}]], ["text", "{count} person is not on this list and stays.", "{count} people are not on this list and stay.", 4, {"count": 4}]], "buttons": [[["text", "Import", "", 1, {}], "omy-1", null, "primary"], [["text", "Organise", "", 1, {}], "go-organiser", null, "plain"]]}',1,'sent',1803891600050000,0,NULL,'2',1803891600050000,1803891600100000,1,NULL,NULL,1,NULL,NULL,'send',NULL,1803891600100000,0,NULL,'',3,'','');
INSERT INTO "deliveries" VALUES(3,'telegram','message',1,'{"lines": [["text", "{name} asks the team:", "", 1, {"name": ["strong", ["name", "Mia"]]}], ["name", "Where is the bus?"]], "buttons": [[["text", "Answer", "", 1, {}], "qa-1", null, "primary"]]}',0,'waiting',1803891600100000,0,NULL,NULL,1803891600100000,NULL,0,NULL,4,1,NULL,NULL,'send',NULL,NULL,0,NULL,'',3,'','question:1');
CREATE TABLE dialogues (
    platform TEXT NOT NULL,
    chat TEXT NOT NULL,
    action TEXT NOT NULL,
    step INTEGER NOT NULL,
    draft TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (platform, chat)
);
INSERT INTO "dialogues" VALUES('telegram','chat-1','go-equipe',0,'{}',1803893400100000);
INSERT INTO "dialogues" VALUES('telegram','chat-900','an',-2,'{}',1803893400100000);
CREATE TABLE entrusted (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    native_id TEXT NOT NULL,
    who INTEGER NOT NULL,
    said_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, native_id)
);
CREATE TABLE erasures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL,
    texts INTEGER NOT NULL,
    erased_at BIGINT NOT NULL
, files TEXT NOT NULL DEFAULT '', traces TEXT NOT NULL DEFAULT '');
CREATE TABLE facilitators (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    audience TEXT NOT NULL,
    PRIMARY KEY (participant_id, audience)
);
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    content BYTEA NOT NULL
);
CREATE TABLE group_numbers (
    round BIGINT NOT NULL REFERENCES rounds (number),
    theme TEXT NOT NULL REFERENCES themes (key) ON DELETE CASCADE,
    highest BIGINT NOT NULL,
    PRIMARY KEY (round, theme)
);
CREATE TABLE groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    round BIGINT NOT NULL REFERENCES rounds (number),
    theme TEXT NOT NULL REFERENCES themes (key),
    number BIGINT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    room TEXT NOT NULL DEFAULT '',
    locked INTEGER NOT NULL DEFAULT 0,
    UNIQUE (round, theme, number)
);
CREATE TABLE idea_files (
    idea_id BIGINT NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    picture INTEGER NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (idea_id, position)
);
CREATE TABLE idea_hints (
    platform TEXT NOT NULL,
    chat TEXT NOT NULL,
    told_at BIGINT NOT NULL,
    PRIMARY KEY (platform, chat)
);
CREATE TABLE idea_reports (
    idea_id BIGINT NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    PRIMARY KEY (idea_id, participant_id)
);
CREATE TABLE idea_votes (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    idea_id BIGINT NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    PRIMARY KEY (participant_id, idea_id)
);
CREATE TABLE ideas (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id BIGINT REFERENCES groups (id) ON DELETE SET NULL,
    theme TEXT REFERENCES themes (key) ON DELETE SET NULL,
    phase TEXT NOT NULL REFERENCES phases (key),
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    territory TEXT NOT NULL DEFAULT '',
    category TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL,
    stems TEXT NOT NULL DEFAULT '',
    anonymous INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'live',
    parent_id BIGINT REFERENCES ideas (id) ON DELETE SET NULL,
    merged_into BIGINT REFERENCES ideas (id) ON DELETE SET NULL,
    hidden INTEGER NOT NULL DEFAULT 0,
    platform TEXT NOT NULL DEFAULT '',
    chat TEXT NOT NULL DEFAULT '',
    native_id TEXT NOT NULL DEFAULT '',
    album TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    edited_at BIGINT
);
CREATE TABLE inbox (
    platform TEXT NOT NULL,
    update_id TEXT NOT NULL,
    native_id TEXT NOT NULL,
    chat TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    replied INTEGER NOT NULL DEFAULT 0,
    reference TEXT,
    text TEXT,
    PRIMARY KEY (platform, update_id)
);
INSERT INTO "inbox" VALUES('telegram','1','900','chat-900',1803891600000000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('telegram','2','1','chat-1',1803891600000000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('discord','3','2','chat-2',1803891600000000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('web','4','3','chat-3',1803891600000000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('telegram','5','1','chat-1',1803891600050000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('discord','6','2','chat-2',1803891600050000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('discord','7','2','chat-2',1803891600050000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('web','8','3','chat-3',1803891600050000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('telegram','9','900','chat-900',1803891600050000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('telegram','10','900','chat-900',1803891600050000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('telegram','11','900','chat-900',1803891600050000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('telegram','12','900','chat-900',1803891600100000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('web','14','3','chat-3',1803891600100000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('telegram','15','1','chat-1',1803891600100000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('discord','16','2','chat-2',1803891600100000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('telegram','17','900','chat-900',1803891600100000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('telegram','18','900','chat-900',1803891600100000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('telegram','19','900','chat-900',1803891600100000,1,NULL,NULL);
INSERT INTO "inbox" VALUES('telegram','20','900','chat-900',1803891600100000,1,NULL,NULL);
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
, who INTEGER NOT NULL DEFAULT 0);
INSERT INTO "jobs" VALUES(2,'mydata','{"person": 3, "at": "2027-03-01T09:00:00.100000+00:00", "reader": ["en", "Europe/Paris"], "gathering": "Rencontres", "folder": "FOLDER"}',3,3,'waiting',0,1803891600100000,1);
INSERT INTO "jobs" VALUES(3,'list','{"content": "cmVmLGdpdmVuX25hbWUsZmFtaWx5X25hbWUsY291bnRyeSx0aGVtZSxsb2NhbGUKQTIsRXZhLE1leWVyLEFsbGVtYWduZSxDdWx0dXJlLGRlCg==", "name": "liste.csv", "rules": {"themes": {"culture": ["Culture", "Culture", "Kultur"], "school": ["Innovation pédagogique", "Education", "Bildung"], "civic": ["CivicTech", "CivicTech", "CivicTech"]}, "locales": ["fr", "en", "de"], "min_birth_year": 1992, "max_birth_year": 2009}, "reader": ["en", "Europe/Paris"], "sent": 1803891600100000}',1,1,'waiting',0,1803891600100000,3);
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    what TEXT NOT NULL,
    inverse TEXT NOT NULL,
    done_at BIGINT NOT NULL,
    undone_at BIGINT
);
INSERT INTO "journal" VALUES(1,1,'import','["text", "List imported: {added} added, {changed} changed", "", 1, {"added": 1, "changed": 0}]','["im", {"added": [[5, {"ref": "A1", "given_name": "Ali", "family_name": "Ben", "email": "", "territory": "FR", "gender": null, "birth_year": null, "organisation": "", "locale": "fr", "theme": "culture", "second_theme": null}]], "changed": []}]',1803891600100000,NULL);
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);
CREATE TABLE listings (
    session_id BIGINT NOT NULL,
    platform TEXT NOT NULL,
    native_id TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    starts_at BIGINT,
    tried BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (session_id, platform)
);
CREATE TABLE members (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    round BIGINT NOT NULL REFERENCES rounds (number),
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    pinned INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (participant_id, round)
);
CREATE TABLE nudges (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,
    at BIGINT NOT NULL
);
CREATE TABLE page_files (
    message_id BIGINT NOT NULL REFERENCES page_messages (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    alt TEXT NOT NULL,
    content BYTEA NOT NULL, digest TEXT NOT NULL DEFAULT '', width BIGINT, height BIGINT,
    CONSTRAINT page_files_in_order PRIMARY KEY (message_id, position)
);
CREATE TABLE page_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    author TEXT NOT NULL,
    content TEXT NOT NULL,
    toast TEXT,
    revision BIGINT NOT NULL,
    delivery_id BIGINT UNIQUE,
    said_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    seen_at BIGINT
, secret INTEGER NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0, who INTEGER NOT NULL DEFAULT 0);
CREATE TABLE pairs (
    first_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    second_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    PRIMARY KEY (first_id, second_id)
);
CREATE TABLE participants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL DEFAULT '',
    search_key TEXT NOT NULL,
    email TEXT NOT NULL DEFAULT '',
    territory TEXT NOT NULL DEFAULT '',
    gender TEXT NOT NULL DEFAULT '',
    birth_year BIGINT,
    organisation TEXT NOT NULL DEFAULT '',
    locale TEXT,
    status TEXT NOT NULL DEFAULT 'invited',
    attends INTEGER NOT NULL DEFAULT 1,
    organises INTEGER NOT NULL DEFAULT 0,
    stopped INTEGER NOT NULL DEFAULT 0,
    preferred_account BIGINT,
    created_at BIGINT NOT NULL,
    joined_at BIGINT
, muted TEXT NOT NULL DEFAULT '[]');
INSERT INTO "participants" VALUES(1,'O-telegram-900','Inès','','ines','','','',NULL,'',NULL,'joined',0,1,0,1,1803891600000000,1803891600000000,'[]');
INSERT INTO "participants" VALUES(2,'R-0001','Zoé','','zoe','','CA-QC','',NULL,'','en','joined',1,0,0,2,1803891600000000,1803891600000000,'[]');
INSERT INTO "participants" VALUES(3,'R-0002','Luc','','luc','','CA-QC','',NULL,'','en','joined',1,0,0,3,1803891600000000,1803891600000000,'[]');
INSERT INTO "participants" VALUES(4,'R-0003','Mia','','mia','','CA-QC','',NULL,'','en','joined',1,0,0,4,1803891600000000,1803891600000000,'[]');
INSERT INTO "participants" VALUES(5,'A1','Ali','Ben','ali ben','','FR','',NULL,'','fr','invited',1,0,0,NULL,1803891600100000,NULL,'[]');
CREATE TABLE pending_imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    people TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE pending_programmes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    plans TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE phase_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    phase TEXT NOT NULL REFERENCES phases (key),
    state TEXT NOT NULL DEFAULT 'running',
    started_at BIGINT NOT NULL,
    started_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    ends_at BIGINT,
    remaining BIGINT,
    length BIGINT NOT NULL DEFAULT 0,
    warning BIGINT NOT NULL DEFAULT 0,
    warned_beyond BIGINT NOT NULL DEFAULT 0,
    warned INTEGER NOT NULL DEFAULT 0,
    revealed_at BIGINT,
    ended_at BIGINT,
    writer_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    UNIQUE (group_id, phase)
);
CREATE TABLE phases (
    key TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    title TEXT NOT NULL,
    instruction TEXT NOT NULL,
    example TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    collects TEXT NOT NULL
);
CREATE TABLE proposals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    kept_at BIGINT
);
CREATE TABLE questions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    participant_id BIGINT REFERENCES participants (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    answer TEXT,
    answered_at BIGINT,
    answered_by BIGINT
);
INSERT INTO "questions" VALUES(1,4,'Where is the bus?',1803891600100000,NULL,NULL,NULL);
CREATE TABLE reminder_mutes (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    what TEXT NOT NULL, wanted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (participant_id, what)
);
CREATE TABLE reminders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subject TEXT NOT NULL,
    lead TEXT NOT NULL,
    about_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    participant_id BIGINT REFERENCES participants (id) ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT 'waiting',
    reached BIGINT NOT NULL DEFAULT 0,
    settled_at BIGINT
);
CREATE TABLE rounds (
    number BIGINT PRIMARY KEY,
    day TEXT NOT NULL,
    meets_at BIGINT,
    published_at BIGINT
, configured BIGINT);
INSERT INTO "rounds" VALUES(1,'2027-06-10',NULL,NULL,NULL);
CREATE TABLE schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO "schema_version" VALUES(1,'001_house.sql');
INSERT INTO "schema_version" VALUES(2,'002_page.sql');
INSERT INTO "schema_version" VALUES(3,'003_delivery_and_jobs.sql');
INSERT INTO "schema_version" VALUES(4,'004_organising.sql');
INSERT INTO "schema_version" VALUES(5,'005_settings.sql');
INSERT INTO "schema_version" VALUES(6,'006_secret_messages.sql');
INSERT INTO "schema_version" VALUES(7,'007_groups.sql');
INSERT INTO "schema_version" VALUES(8,'008_spaces.sql');
INSERT INTO "schema_version" VALUES(9,'009_programme.sql');
INSERT INTO "schema_version" VALUES(10,'010_announcements.sql');
INSERT INTO "schema_version" VALUES(11,'011_reminders.sql');
INSERT INTO "schema_version" VALUES(12,'012_attachments.sql');
INSERT INTO "schema_version" VALUES(13,'013_listings.sql');
INSERT INTO "schema_version" VALUES(14,'014_group_numbers.sql');
INSERT INTO "schema_version" VALUES(15,'015_workshops.sql');
INSERT INTO "schema_version" VALUES(16,'016_page_files_by_digest.sql');
INSERT INTO "schema_version" VALUES(17,'017_limits.sql');
INSERT INTO "schema_version" VALUES(18,'018_who.sql');
INSERT INTO "schema_version" VALUES(19,'019_private_chats.sql');
INSERT INTO "schema_version" VALUES(20,'020_erasing.sql');
INSERT INTO "schema_version" VALUES(21,'021_shown_copies.sql');
INSERT INTO "schema_version" VALUES(22,'022_reminders_asked_for.sql');
INSERT INTO "schema_version" VALUES(23,'023_what_stands_in_chats.sql');
CREATE TABLE screens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    native_id TEXT NOT NULL DEFAULT '',
    wanted BIGINT NOT NULL DEFAULT 1,
    shown BIGINT NOT NULL DEFAULT 0,
    digest TEXT NOT NULL DEFAULT '',
    not_before BIGINT NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0,
    UNIQUE (key, account_id)
);
CREATE TABLE secrets (
    hash TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    account_id BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT,
    tries INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "secrets" VALUES('1edee806f8bae9c7754207f57e3d40dfb8b25071858207bf7b7479e28a2a09c0','invitation',2,2,1803891600000000,NULL,1803891600000000,0);
INSERT INTO "secrets" VALUES('fec3f14c112de611a22601bf41d9938cd0fdeaaf301fee28c4ab3e1057acf9fe','invitation',3,3,1803891600000000,NULL,1803891600000000,0);
INSERT INTO "secrets" VALUES('aa8293ee7ae15bac6ef554239f91ab409fe6b6988e52c87e7e1ee46f7a04ff44','invitation',4,4,1803891600000000,NULL,1803891600000000,0);
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    place TEXT NOT NULL,
    map_url TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    zone TEXT NOT NULL,
    audience TEXT NOT NULL,
    cancelled INTEGER NOT NULL DEFAULT 0,
    revision BIGINT NOT NULL DEFAULT 1
);
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
INSERT INTO "settings" VALUES('group_sizes','5 7 6');
INSERT INTO "settings" VALUES('sessions_seeded','1');
INSERT INTO "settings" VALUES('phases_seeded','1');
INSERT INTO "settings" VALUES('theme_deadline','1809165600000000');
INSERT INTO "settings" VALUES('seeded','1');
INSERT INTO "settings" VALUES('spaces_on_discord','0');
INSERT INTO "settings" VALUES('spaces_on_telegram','0');
CREATE TABLE shown_screens (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    native_id TEXT NOT NULL,
    screen TEXT NOT NULL,
    shown_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, native_id)
);
CREATE TABLE spaces (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id BIGINT NOT NULL,
    platform TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    chat TEXT NOT NULL DEFAULT '',
    thread TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL DEFAULT '',
    card TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    wanted BIGINT NOT NULL DEFAULT 1,
    shown BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    UNIQUE (group_id, platform)
);
CREATE TABLE syntheses (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id BIGINT REFERENCES groups (id) ON DELETE SET NULL,
    phase TEXT NOT NULL REFERENCES phases (key),
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    content TEXT NOT NULL,
    based_on BIGINT REFERENCES syntheses (id) ON DELETE SET NULL,
    state TEXT NOT NULL DEFAULT 'current',
    created_at BIGINT NOT NULL,
    posted_at BIGINT
);
CREATE TABLE synthesis_opinions (
    synthesis_id BIGINT NOT NULL REFERENCES syntheses (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    approves INTEGER NOT NULL,
    comment TEXT NOT NULL DEFAULT '',
    at BIGINT NOT NULL,
    PRIMARY KEY (synthesis_id, participant_id)
);
CREATE TABLE territory_cards (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id BIGINT REFERENCES groups (id) ON DELETE SET NULL,
    participant_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    territory TEXT NOT NULL,
    present TEXT NOT NULL DEFAULT '',
    obstacle TEXT NOT NULL DEFAULT '',
    change TEXT NOT NULL DEFAULT '',
    carrier TEXT NOT NULL DEFAULT '',
    updated_at BIGINT NOT NULL,
    UNIQUE (group_id, participant_id)
);
CREATE TABLE themes (
    key TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    capacity BIGINT,
    taken BIGINT NOT NULL DEFAULT 0
);
INSERT INTO "themes" VALUES('culture',0,'{"fr": "Culture", "en": "Culture", "de": "Kultur"}','{}',2,1);
INSERT INTO "themes" VALUES('school',1,'{"fr": "Innovation pédagogique", "en": "Education", "de": "Bildung"}','{}',NULL,0);
INSERT INTO "themes" VALUES('civic',2,'{"fr": "CivicTech", "en": "CivicTech", "de": "CivicTech"}','{}',NULL,0);
CREATE TABLE waiting (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,
    theme TEXT NOT NULL REFERENCES themes (key),
    since BIGINT NOT NULL
);
CREATE INDEX participants_by_status ON participants (status);
CREATE INDEX accounts_by_participant ON accounts (participant_id);
CREATE INDEX secrets_by_participant ON secrets (participant_id, purpose);
CREATE INDEX choices_by_theme ON choices (theme);
CREATE INDEX waiting_by_theme ON waiting (theme, since);
CREATE INDEX inbox_by_time ON inbox (received_at);
CREATE INDEX inbox_unanswered ON inbox (platform, received_at) WHERE replied = 0;
CREATE INDEX deliveries_by_participant ON deliveries (participant_id);
CREATE INDEX journal_by_subject ON journal (subject, done_at);
CREATE INDEX page_messages_by_revision ON page_messages (participant_id, revision);
CREATE INDEX deliveries_by_file ON deliveries (file_id) WHERE file_id IS NOT NULL;
CREATE INDEX deliveries_waiting ON deliveries (platform, urgent DESC, due_at, id) WHERE state = 'waiting';
CREATE INDEX deliveries_sending ON deliveries (platform) WHERE state = 'sending';
CREATE INDEX deliveries_kept ON deliveries (settled_at) WHERE content <> '';
CREATE INDEX jobs_by_participant ON jobs (participant_id);
CREATE INDEX pending_imports_by_time ON pending_imports (created_at);
CREATE INDEX deliveries_about ON deliveries (about) WHERE about IS NOT NULL;
CREATE INDEX members_by_group ON members (group_id);
CREATE INDEX pairs_by_second ON pairs (second_id);
CREATE INDEX attendance_by_day ON attendance (day);
CREATE INDEX spaces_due ON spaces (platform, due_at);
CREATE INDEX admissions_by_account ON admissions (account_id);
CREATE INDEX deliveries_by_account ON deliveries (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX deliveries_by_space ON deliveries (space_id) WHERE space_id IS NOT NULL;
CREATE INDEX sessions_by_time ON sessions (starts_at);
CREATE INDEX pending_programmes_by_time ON pending_programmes (created_at);
CREATE INDEX announcements_by_state ON announcements (state, due_at);
CREATE INDEX deliveries_by_announcement ON deliveries (announcement_id, state) WHERE announcement_id IS NOT NULL;
CREATE INDEX screens_by_account ON screens (account_id);
CREATE INDEX screens_behind ON screens (not_before) WHERE wanted > shown;
CREATE UNIQUE INDEX reminders_for_all ON reminders (subject, lead, about_at) WHERE participant_id IS NULL;
CREATE INDEX reminders_by_subject ON reminders (subject, state);
CREATE INDEX reminders_by_time ON reminders (state, due_at, id);
CREATE INDEX reminders_by_participant ON reminders (participant_id) WHERE participant_id IS NOT NULL;
CREATE UNIQUE INDEX phase_runs_open ON phase_runs (group_id) WHERE state <> 'ended';
CREATE INDEX phase_runs_by_end ON phase_runs (ends_at) WHERE state = 'running';
CREATE INDEX ideas_by_group ON ideas (group_id, phase, id);
CREATE INDEX ideas_by_theme ON ideas (theme, phase, id);
CREATE INDEX ideas_by_author ON ideas (author_id, phase);
CREATE INDEX ideas_by_parent ON ideas (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX ideas_merged ON ideas (merged_into) WHERE merged_into IS NOT NULL;
CREATE UNIQUE INDEX ideas_by_message ON ideas (platform, chat, native_id) WHERE native_id <> '';
CREATE INDEX idea_files_by_digest ON idea_files (digest);
CREATE INDEX idea_votes_by_idea ON idea_votes (idea_id);
CREATE INDEX syntheses_by_group ON syntheses (group_id, phase, state);
CREATE INDEX facilitators_by_audience ON facilitators (audience);
CREATE UNIQUE INDEX calls_open ON calls (group_id) WHERE closed_at IS NULL;
CREATE INDEX calls_to_escalate ON calls (escalate_at) WHERE escalate_at IS NOT NULL AND closed_at IS NULL;
CREATE INDEX screens_panels ON screens (account_id) WHERE key LIKE 'panel:%';
CREATE INDEX page_files_by_digest ON page_files (digest) WHERE digest <> '';
CREATE INDEX calls_by_withdrawn ON calls (withdrawn_by, closed_at) WHERE withdrawn_by IS NOT NULL;
CREATE INDEX questions_by_participant ON questions (participant_id, asked_at);
CREATE INDEX entrusted_by_time ON entrusted (said_at);
CREATE INDEX accounts_by_private_chat ON accounts (platform, private_chat) WHERE private_chat <> '';
CREATE INDEX shown_screens_by_time ON shown_screens (shown_at);
CREATE INDEX deliveries_by_subject ON deliveries (subject) WHERE subject <> '';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('participants',5);
INSERT INTO "sqlite_sequence" VALUES('accounts',4);
INSERT INTO "sqlite_sequence" VALUES('deliveries',3);
INSERT INTO "sqlite_sequence" VALUES('jobs',3);
INSERT INTO "sqlite_sequence" VALUES('pending_imports',1);
INSERT INTO "sqlite_sequence" VALUES('journal',1);
INSERT INTO "sqlite_sequence" VALUES('questions',1);
COMMIT;
