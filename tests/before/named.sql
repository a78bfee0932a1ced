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
    linked_at BIGINT NOT NULL, in_forum INTEGER NOT NULL DEFAULT 0, private_chat TEXT NOT NULL DEFAULT '', command_list TEXT NOT NULL DEFAULT '', screen TEXT NOT NULL DEFAULT '',
    UNIQUE (platform, native_id)
);
INSERT INTO "accounts" VALUES(1,'web','1',1,'1','Zoé D.','en',0,0,1803891600000000,0,'','','');
INSERT INTO "accounts" VALUES(2,'telegram','5000000001',2,'5000000001','Ali','en',0,0,1803891600000000,0,'','','');
INSERT INTO "accounts" VALUES(3,'web','3',3,'3','Max R.','en',0,0,1803891600000000,0,'','','');
INSERT INTO "accounts" VALUES(4,'web','4',4,'4','Inès','en',0,0,1803891600000000,0,'','','');
CREATE TABLE acknowledgements (
    announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    PRIMARY KEY (announcement_id, participant_id)
);
CREATE TABLE admissions (
    channel_id BIGINT NOT NULL REFERENCES "channels" (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (channel_id, account_id)
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
CREATE TABLE also_here (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id BIGINT REFERENCES groups (id) ON DELETE SET NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    territory TEXT NOT NULL,
    offer TEXT NOT NULL DEFAULT '',
    at BIGINT NOT NULL,
    UNIQUE (group_id, participant_id)
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
, reference TEXT, copied_to BIGINT, copies_due_at BIGINT, calling_back TEXT NOT NULL DEFAULT '', changed_to BIGINT, trying_again INTEGER NOT NULL DEFAULT 0, closed_to BIGINT);
CREATE TABLE applause (
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    claps BIGINT NOT NULL,
    PRIMARY KEY (group_id, participant_id)
);
CREATE TABLE attempts (
    platform TEXT NOT NULL,
    native_id TEXT NOT NULL,
    count INTEGER NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (platform, native_id)
);
CREATE TABLE attendance (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    present INTEGER NOT NULL,
    marked_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    marked_at BIGINT NOT NULL,
    PRIMARY KEY (participant_id, day)
);
CREATE TABLE "calendar_entries" (
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
CREATE TABLE "channels" (
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
CREATE TABLE choices (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,
    theme TEXT REFERENCES themes (key),
    second_theme TEXT REFERENCES themes (key),
    chosen_at BIGINT NOT NULL
);
INSERT INTO "choices" VALUES(1,'school',NULL,1803891600000000);
INSERT INTO "choices" VALUES(3,'school',NULL,1803891600000000);
INSERT INTO "choices" VALUES(2,'school',NULL,1803891600000000);
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
, asked INTEGER NOT NULL DEFAULT 0, file_id BIGINT REFERENCES files (id), about BIGINT REFERENCES participants (id) ON DELETE CASCADE, account_id BIGINT REFERENCES accounts (id) ON DELETE CASCADE, channel_id BIGINT REFERENCES "channels" (id) ON DELETE CASCADE, announcement_id BIGINT REFERENCES announcements (id) ON DELETE CASCADE, op TEXT NOT NULL DEFAULT 'send', revision BIGINT, sent_at BIGINT, repeated INTEGER NOT NULL DEFAULT 0, place TEXT, mentions TEXT NOT NULL DEFAULT '', who INTEGER NOT NULL DEFAULT 0, shown TEXT NOT NULL DEFAULT '', subject TEXT NOT NULL DEFAULT '', reference TEXT, rung_at BIGINT);
INSERT INTO "deliveries" VALUES(1,'web','later',1,'{"lines": [["text", "Themes could be chosen until {deadline}.", "", 1, {"deadline": ["moment", 1809165600000000, "datetime"]}]], "buttons": [[["text", "My theme", "", 1, {}], "go-theme", null, "plain"], [["text", "My place", "", 1, {}], "go-moi", null, "plain"]], "quiet": true}',0,'waiting',1809165600000000,0,NULL,'1',1803891600000000,NULL,0,NULL,NULL,1,NULL,NULL,'edit',NULL,NULL,0,NULL,'',0,'','','B3263896',NULL);
INSERT INTO "deliveries" VALUES(2,'telegram','later',2,'{"lines": [["text", "Themes could be chosen until {deadline}.", "", 1, {"deadline": ["moment", 1809165600000000, "datetime"]}]], "buttons": [[["text", "My theme", "", 1, {}], "go-theme", null, "plain"], [["text", "My place", "", 1, {}], "go-moi", null, "plain"]], "quiet": true}',0,'waiting',1809165600000000,0,NULL,'3',1803891600000000,NULL,0,NULL,NULL,2,NULL,NULL,'edit',NULL,NULL,0,NULL,'',0,'','','17E75AA8',NULL);
INSERT INTO "deliveries" VALUES(3,'web','later',3,'{"lines": [["text", "Themes could be chosen until {deadline}.", "", 1, {"deadline": ["moment", 1809165600000000, "datetime"]}]], "buttons": [[["text", "My theme", "", 1, {}], "go-theme", null, "plain"], [["text", "My place", "", 1, {}], "go-moi", null, "plain"]], "quiet": true}',0,'waiting',1809165600000000,0,NULL,'2',1803891600000000,NULL,0,NULL,NULL,3,NULL,NULL,'edit',NULL,NULL,0,NULL,'',0,'','','24517DF3',NULL);
INSERT INTO "deliveries" VALUES(4,'web','message',4,'{"lines": [["text", "{name} asks the team:", "", 1, {"name": ["strong", ["name", "Zoé Dupont"]]}], ["name", "Is there a piano in the cellar?"]], "buttons": [[["text", "Answer", "", 1, {}], "qa-1", null, "primary"]]}',0,'sent',1803891600000000,0,NULL,'6',1803891600000000,1803891600050000,0,NULL,1,4,NULL,NULL,'send',NULL,1803891600050000,0,NULL,'',3,'45103955312757dc6f8e9975cf97ed33','question:1','59EB7C60',NULL);
INSERT INTO "deliveries" VALUES(5,'web','message',1,'{"lines": [["text", "Here is your group.", "", 1, {}], "", ["strong", ["text", "{theme} · group {number}", "", 1, {"theme": ["localised", {"fr": "Innovation pédagogique", "en": "Education", "de": "Bildung"}], "number": 1}]], ["text", "On {date}; the hour is not known yet.", "", 1, {"date": ["strong", ["moment", 1812628800000000, "date"]]}], ["text", "The room is not known yet.", "", 1, {}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Ali"], "country": ["territory", "BE"]}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Max R."], "country": ["territory", "FR"]}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Zoé D."], "country": ["territory", "CA-QC"]}]], "buttons": [[["text", "As a picture", "", 1, {}], "gr-1", null, "plain"], [["text", "Why this group?", "", 1, {}], "gs-1", null, "plain"]], "pinned": true, "lasting": true}',0,'sent',1803891600000000,0,NULL,'7',1803891600000000,1803891600050000,0,NULL,NULL,1,NULL,NULL,'send',NULL,1803891600050000,0,NULL,'',0,'80c0cbe8140540a3c154a99b3af06eed','card:1',NULL,NULL);
INSERT INTO "deliveries" VALUES(6,'telegram','message',2,'{"lines": [["text", "Here is your group.", "", 1, {}], "", ["strong", ["text", "{theme} · group {number}", "", 1, {"theme": ["localised", {"fr": "Innovation pédagogique", "en": "Education", "de": "Bildung"}], "number": 1}]], ["text", "On {date}; the hour is not known yet.", "", 1, {"date": ["strong", ["moment", 1812628800000000, "date"]]}], ["text", "The room is not known yet.", "", 1, {}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Ali"], "country": ["territory", "BE"]}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Max R."], "country": ["territory", "FR"]}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Zoé D."], "country": ["territory", "CA-QC"]}]], "buttons": [[["text", "As a picture", "", 1, {}], "gr-1", null, "plain"], [["text", "Why this group?", "", 1, {}], "gs-1", null, "plain"]], "pinned": true, "lasting": true}',0,'sent',1803891600000000,0,NULL,'4',1803891600000000,1803891600050000,0,NULL,NULL,2,NULL,NULL,'send',NULL,1803891600050000,0,NULL,'',0,'80c0cbe8140540a3c154a99b3af06eed','card:1',NULL,NULL);
INSERT INTO "deliveries" VALUES(7,'web','message',3,'{"lines": [["text", "Here is your group.", "", 1, {}], "", ["strong", ["text", "{theme} · group {number}", "", 1, {"theme": ["localised", {"fr": "Innovation pédagogique", "en": "Education", "de": "Bildung"}], "number": 1}]], ["text", "On {date}; the hour is not known yet.", "", 1, {"date": ["strong", ["moment", 1812628800000000, "date"]]}], ["text", "The room is not known yet.", "", 1, {}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Ali"], "country": ["territory", "BE"]}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Max R."], "country": ["territory", "FR"]}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Zoé D."], "country": ["territory", "CA-QC"]}]], "buttons": [[["text", "As a picture", "", 1, {}], "gr-1", null, "plain"], [["text", "Why this group?", "", 1, {}], "gs-1", null, "plain"]], "pinned": true, "lasting": true}',0,'sent',1803891600000000,0,NULL,'8',1803891600000000,1803891600050000,0,NULL,NULL,3,NULL,NULL,'send',NULL,1803891600050000,0,NULL,'',0,'80c0cbe8140540a3c154a99b3af06eed','card:1',NULL,NULL);
INSERT INTO "deliveries" VALUES(8,'telegram','pin',2,'',0,'sent',1803891600050000,0,NULL,'4',1803891600050000,1803891600100000,0,NULL,NULL,2,NULL,NULL,'pin',NULL,1803891600100000,0,NULL,'',0,'','',NULL,NULL);
INSERT INTO "deliveries" VALUES(9,'web','pin',1,'',0,'sent',1803891600050000,0,NULL,'7',1803891600050000,1803891600100000,0,NULL,NULL,1,NULL,NULL,'pin',NULL,1803891600100000,0,NULL,'',0,'','',NULL,NULL);
INSERT INTO "deliveries" VALUES(10,'web','pin',3,'',0,'sent',1803891600050000,0,NULL,'8',1803891600050000,1803891600100000,0,NULL,NULL,3,NULL,NULL,'pin',NULL,1803891600100000,0,NULL,'',0,'','',NULL,NULL);
INSERT INTO "deliveries" VALUES(11,'web','message',3,'{"lines": [["text", "Your group as a picture.", "", 1, {}]], "buttons": [[["text", "My group", "", 1, {}], "gq-1", null, "plain"], [["text", "My place", "", 1, {}], "go-moi", null, "plain"]], "attachments": [["picture", ["text", "group.png", "", 1, {}], "Education · group 1\nOn Thursday 10 June 2027; the hour is not known yet.\nThe room is not known yet.\nAli (Belgium)\nMax R. (France)\n⁨Zoé D.⁩ (Quebec)", 71120]]}',1,'sent',1803891600100000,0,NULL,'13',1803891600100000,1803891600150000,1,NULL,NULL,3,NULL,NULL,'send',NULL,1803891600150000,0,NULL,'',1,'','','B5DB3AFA',NULL);
INSERT INTO "deliveries" VALUES(12,'web','message',1,'{"lines": [["text", "{phase}: ends {end}", "", 1, {"phase": ["strong", ["localised", {"fr": "Imaginer des solutions", "en": "Imagine solutions", "de": "Lösungen ausdenken"}]], "end": ["moment", 1803895200150000, "end"]}], ["localised", {"fr": "Consigne : Imaginer des solutions", "en": "Instruction: Imagine solutions", "de": "Aufgabe: Lösungen ausdenken"}], ["text", "For example: {example}", "", 1, {"example": ["localised", {"fr": "Exemple : Imaginer des solutions", "en": "Such as Imagine solutions", "de": "Etwa Lösungen ausdenken"}]}]], "buttons": [[["text", "Give an idea", "", 1, {}], "wg-1", null, "primary"], [["text", "My phase", "", 1, {}], "go-phase", null, "plain"], [["text", "Help!", "", 1, {}], "wh-1", null, "plain"]]}',1,'sent',1803891600150000,0,NULL,'20',1803891600150000,1803891600200000,0,NULL,NULL,1,NULL,NULL,'send',NULL,1803891600200000,0,NULL,'',0,'1b28bd87ca4cbb4c756f8cd90af1a890','phase:1:asks',NULL,NULL);
INSERT INTO "deliveries" VALUES(13,'web','message',3,'{"lines": [["text", "{phase}: ends {end}", "", 1, {"phase": ["strong", ["localised", {"fr": "Imaginer des solutions", "en": "Imagine solutions", "de": "Lösungen ausdenken"}]], "end": ["moment", 1803895200150000, "end"]}], ["localised", {"fr": "Consigne : Imaginer des solutions", "en": "Instruction: Imagine solutions", "de": "Aufgabe: Lösungen ausdenken"}], ["text", "For example: {example}", "", 1, {"example": ["localised", {"fr": "Exemple : Imaginer des solutions", "en": "Such as Imagine solutions", "de": "Etwa Lösungen ausdenken"}]}]], "buttons": [[["text", "Give an idea", "", 1, {}], "wg-1", null, "primary"], [["text", "My phase", "", 1, {}], "go-phase", null, "plain"], [["text", "Help!", "", 1, {}], "wh-1", null, "plain"]]}',1,'sent',1803891600150000,0,NULL,'21',1803891600150000,1803891600200000,0,NULL,NULL,3,NULL,NULL,'send',NULL,1803891600200000,0,NULL,'',0,'1b28bd87ca4cbb4c756f8cd90af1a890','phase:1:asks',NULL,NULL);
INSERT INTO "deliveries" VALUES(14,'telegram','message',2,'{"lines": [["text", "{phase}: ends {end}", "", 1, {"phase": ["strong", ["localised", {"fr": "Imaginer des solutions", "en": "Imagine solutions", "de": "Lösungen ausdenken"}]], "end": ["moment", 1803895200150000, "end"]}], ["localised", {"fr": "Consigne : Imaginer des solutions", "en": "Instruction: Imagine solutions", "de": "Aufgabe: Lösungen ausdenken"}], ["text", "For example: {example}", "", 1, {"example": ["localised", {"fr": "Exemple : Imaginer des solutions", "en": "Such as Imagine solutions", "de": "Etwa Lösungen ausdenken"}]}]], "buttons": [[["text", "Give an idea", "", 1, {}], "wg-1", null, "primary"], [["text", "My phase", "", 1, {}], "go-phase", null, "plain"], [["text", "Help!", "", 1, {}], "wh-1", null, "plain"]]}',1,'sent',1803891600150000,0,NULL,'9',1803891600150000,1803891600200000,0,NULL,NULL,2,NULL,NULL,'send',NULL,1803891600200000,0,NULL,'',0,'1b28bd87ca4cbb4c756f8cd90af1a890','phase:1:asks',NULL,NULL);
INSERT INTO "deliveries" VALUES(15,'web','message',1,'{"lines": [["text", "{phase}: {count} idea of your group can be read now.", "{phase}: {count} ideas of your group can be read now.", 2, {"count": 2, "phase": ["strong", ["localised", {"fr": "Imaginer des solutions", "en": "Imagine solutions", "de": "Lösungen ausdenken"}]]}], ["text", "You have {count} vote, until the end of the phase.", "You have {count} votes, until the end.", 3, {"count": 3}]], "buttons": [[["text", "Vote", "", 1, {}], "wv-1", null, "primary"], [["text", "The wall", "", 1, {}], "ww-1-1-v", null, "plain"]]}',1,'sent',1803891600200000,0,NULL,'26',1803891600200000,1803891600250000,0,NULL,NULL,1,NULL,NULL,'send',NULL,1803891600250000,0,NULL,'',0,'324c1153f7938862df353b2eb03e1da0','phase:1:reveals',NULL,NULL);
INSERT INTO "deliveries" VALUES(16,'web','message',3,'{"lines": [["text", "{phase}: {count} idea of your group can be read now.", "{phase}: {count} ideas of your group can be read now.", 2, {"count": 2, "phase": ["strong", ["localised", {"fr": "Imaginer des solutions", "en": "Imagine solutions", "de": "Lösungen ausdenken"}]]}], ["text", "You have {count} vote, until the end of the phase.", "You have {count} votes, until the end.", 3, {"count": 3}]], "buttons": [[["text", "Vote", "", 1, {}], "wv-1", null, "primary"], [["text", "The wall", "", 1, {}], "ww-1-1-v", null, "plain"]]}',1,'sent',1803891600200000,0,NULL,'27',1803891600200000,1803891600250000,0,NULL,NULL,3,NULL,NULL,'send',NULL,1803891600250000,0,NULL,'',0,'324c1153f7938862df353b2eb03e1da0','phase:1:reveals',NULL,NULL);
INSERT INTO "deliveries" VALUES(17,'telegram','message',2,'{"lines": [["text", "{phase}: {count} idea of your group can be read now.", "{phase}: {count} ideas of your group can be read now.", 2, {"count": 2, "phase": ["strong", ["localised", {"fr": "Imaginer des solutions", "en": "Imagine solutions", "de": "Lösungen ausdenken"}]]}], ["text", "You have {count} vote, until the end of the phase.", "You have {count} votes, until the end.", 3, {"count": 3}]], "buttons": [[["text", "Vote", "", 1, {}], "wv-1", null, "primary"], [["text", "The wall", "", 1, {}], "ww-1-1-v", null, "plain"]]}',1,'sent',1803891600200000,0,NULL,'10',1803891600200000,1803891600250000,0,NULL,NULL,2,NULL,NULL,'send',NULL,1803891600250000,0,NULL,'',0,'324c1153f7938862df353b2eb03e1da0','phase:1:reveals',NULL,NULL);
INSERT INTO "deliveries" VALUES(18,'web','message',4,'{"lines": [["text", "{name} asks the team:", "", 1, {"name": ["strong", ["name", "Zoé Dupont"]]}], ["name", "Who has the key of the cellar room?"]], "buttons": [[["text", "Answer", "", 1, {}], "qa-2", null, "primary"]]}',0,'waiting',1803891600250000,0,NULL,NULL,1803891600250000,NULL,0,NULL,1,4,NULL,NULL,'send',NULL,NULL,0,NULL,'',3,'','question:2','934226F9',NULL);
CREATE TABLE dialogues (
    platform TEXT NOT NULL,
    chat TEXT NOT NULL,
    action TEXT NOT NULL,
    step INTEGER NOT NULL,
    draft TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (platform, chat)
);
INSERT INTO "dialogues" VALUES('telegram','5000000001','go-equipe',0,'{"question": "Where is Zoé Dupont?"}',1803893400150000);
CREATE TABLE display_links (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    participant_id BIGINT REFERENCES participants (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE TABLE emergency_phones (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,
    phone TEXT NOT NULL
);
CREATE TABLE entrusted (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    native_id TEXT NOT NULL,
    who INTEGER NOT NULL,
    said_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, native_id)
);
CREATE TABLE equality_room (
    seen TEXT PRIMARY KEY,
    times BIGINT NOT NULL
);
CREATE TABLE equality_steps (
    key TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    people BIGINT NOT NULL,
    done BIGINT NOT NULL,
    could BIGINT NOT NULL,
    did BIGINT NOT NULL,
    low BIGINT NOT NULL,
    high BIGINT NOT NULL,
    side TEXT NOT NULL,
    grain BIGINT NOT NULL,
    cautious INTEGER NOT NULL,
    published_at BIGINT NOT NULL
);
CREATE TABLE equality_withheld (
    key TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    reason TEXT NOT NULL
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
CREATE TABLE gallery_rounds (
    plenary_id BIGINT NOT NULL REFERENCES plenaries (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    began_at BIGINT,
    ends_at BIGINT,
    over_at BIGINT,
    PRIMARY KEY (plenary_id, number)
);
CREATE TABLE gallery_visits (
    plenary_id BIGINT NOT NULL REFERENCES plenaries (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (plenary_id, number, participant_id)
);
CREATE TABLE group_numbers (
    round BIGINT NOT NULL REFERENCES rounds (number),
    theme TEXT NOT NULL REFERENCES themes (key) ON DELETE CASCADE,
    highest BIGINT NOT NULL,
    PRIMARY KEY (round, theme)
);
INSERT INTO "group_numbers" VALUES(1,'school',1);
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
INSERT INTO "groups" VALUES(1,1,'school',1,'','',0);
CREATE TABLE idea_files (
    idea_id BIGINT NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    picture INTEGER NOT NULL,
    size BIGINT NOT NULL, native_id TEXT NOT NULL DEFAULT '',
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
, printed BIGINT);
INSERT INTO "ideas" VALUES(1,1,'school','solutions',1,'CA-QC','','A library of things that we lend to each other','librari thing lend',0,'live',NULL,NULL,0,'web','1','','',1803891600200000,NULL,NULL);
INSERT INTO "ideas" VALUES(2,1,'school','solutions',3,'FR','','Zoé Dupont said: a library of things','zoe dupont said librari thing',0,'live',NULL,NULL,0,'web','3','','',1803891600200000,NULL,NULL);
CREATE TABLE inbox (
    platform TEXT NOT NULL,
    update_id TEXT NOT NULL,
    native_id TEXT NOT NULL,
    chat TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    replied INTEGER NOT NULL DEFAULT 0,
    reference TEXT,
    text TEXT, outcome TEXT, program TEXT,
    PRIMARY KEY (platform, update_id)
);
INSERT INTO "inbox" VALUES('web','1.in.WL6voujlvDvfMQqA','1','1',1803891600000000,1,'B3263896',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('telegram','700000001','5000000001','5000000001',1803891600000000,1,'17E75AA8',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','3.in.SmpdL7dLgMghnkRl','3','3',1803891600000000,1,'24517DF3',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','4.in.t7M4uAjmvHvuCtVj','4','4',1803891600000000,1,'3DA8E1C5',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','1.puD7qCGVU2gzwp2T','1','1',1803891600000000,1,'59EB7C60',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','3.VUClOc1eWr8TftMn','3','3',1803891600100000,1,'FAD5649F',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('telegram','700000002','5000000001','5000000001',1803891600100000,1,'56371EF7',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','3.Fj6I9EOXkpoP1BS8','3','3',1803891600100000,1,'B5DB3AFA',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','4.hs_9Y-Su5IppHJ9P','4','4',1803891600150000,1,'FA099035',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','4.RDVE4kfup7VBKNah','4','4',1803891600150000,1,'688791A5',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','4.FE0M7BUnbWD96fKY','4','4',1803891600150000,1,'9F527136',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','4.ZuL4PSQPpqm505Km','4','4',1803891600150000,1,'F4BB0AC5',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('telegram','700000003','5000000001','5000000001',1803891600150000,1,'17A01196',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','1.vJqm6m9sAsncChFV','1','1',1803891600200000,1,'EF4B333E',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','3.3UWkin7EUlhJC0eI','3','3',1803891600200000,1,'ADA0999B',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','3.wpdecR81OqvE18bZ','3','3',1803891600250000,0,'6C86D76F',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','3.E7w8B2RMigDJG1g_','3','3',1803891600250000,0,'EE4810D0',NULL,'done',NULL);
INSERT INTO "inbox" VALUES('web','1.LEIOLegc8TMAC8oA','1','1',1803891600250000,0,'934226F9',NULL,'done',NULL);
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
, who INTEGER NOT NULL DEFAULT 0, reference TEXT);
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    what TEXT NOT NULL,
    inverse TEXT NOT NULL,
    done_at BIGINT NOT NULL,
    undone_at BIGINT
);
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);
CREATE TABLE members (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    round BIGINT NOT NULL REFERENCES rounds (number),
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    pinned INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (participant_id, round)
);
INSERT INTO "members" VALUES(1,1,1,0);
INSERT INTO "members" VALUES(3,1,1,0);
INSERT INTO "members" VALUES(2,1,1,0);
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
INSERT INTO "page_files" VALUES(13,0,'picture','group.png','image/png','"Education · group 1\nOn Thursday 10 June 2027; the hour is not known yet.\nThe room is not known yet.\nAli (Belgium)\nMax R. (France)\n⁨Zoé D.⁩ (Quebec)"',X'','f8542afab886dafa9f29dbddc7b124a64ceb80f34965a9247e050f64509844d3',1080,848);
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
, secret INTEGER NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0, who INTEGER NOT NULL DEFAULT 0, confidential INTEGER NOT NULL DEFAULT 0);
INSERT INTO "page_messages" VALUES(1,1,'bot','{"lines": [["text", "Hello {name}, welcome to {gathering}.", "", 1, {"name": ["strong", ["name", "Zoé"]], "gathering": "Rencontres"}], ["text", "Your data serve this gathering only, and are kept until {date} at the latest.", "", 1, {"date": ["moment", 1830254400000000, "date"]}], ["text", "They are kept in: {countries}. See or erase them: /confidentialite.", "", 1, {"countries": ["listing", [["territory", "FR"]]]}], "", ["text", "Which theme would you like to work on? You can change it until {deadline}.", "", 1, {"deadline": ["moment", 1809165600000000, "datetime"]}]], "choice": {"action": "tl", "options": [["culture", ["localised", {"fr": "Culture", "en": "Culture", "de": "Kultur"}], ["joined", [["text", "{count} place left", "{count} places left", 2, {"count": 2}]]]], ["school", ["localised", {"fr": "Innovation pédagogique", "en": "Education", "de": "Bildung"}], null], ["civic", ["localised", {"fr": "CivicTech", "en": "CivicTech", "de": "CivicTech"}], null]], "selected": [], "at_least": 1, "at_most": 1, "placeholder": ["text", "Choose a theme", "", 1, {}], "listed": true}}',NULL,1,NULL,1803891600000000,1803891600000000,1803891600000000,0,0,1,0);
INSERT INTO "page_messages" VALUES(2,3,'bot','{"lines": [["text", "Hello {name}, welcome to {gathering}.", "", 1, {"name": ["strong", ["name", "Max"]], "gathering": "Rencontres"}], ["text", "Your data serve this gathering only, and are kept until {date} at the latest.", "", 1, {"date": ["moment", 1830254400000000, "date"]}], ["text", "They are kept in: {countries}. See or erase them: /confidentialite.", "", 1, {"countries": ["listing", [["territory", "FR"]]]}], "", ["text", "Which theme would you like to work on? You can change it until {deadline}.", "", 1, {"deadline": ["moment", 1809165600000000, "datetime"]}]], "choice": {"action": "tl", "options": [["culture", ["localised", {"fr": "Culture", "en": "Culture", "de": "Kultur"}], ["joined", [["text", "{count} place left", "{count} places left", 2, {"count": 2}]]]], ["school", ["localised", {"fr": "Innovation pédagogique", "en": "Education", "de": "Bildung"}], null], ["civic", ["localised", {"fr": "CivicTech", "en": "CivicTech", "de": "CivicTech"}], null]], "selected": [], "at_least": 1, "at_most": 1, "placeholder": ["text", "Choose a theme", "", 1, {}], "listed": true}}',NULL,1,NULL,1803891600000000,1803891600000000,1803891600000000,0,0,1,0);
INSERT INTO "page_messages" VALUES(3,4,'bot','{"lines": [["text", "Hello {name}. You are part of the team.", "", 1, {"name": ["name", "Inès"]}]], "buttons": [[["text", "Organise", "", 1, {}], "go-organiser", null, "primary"], [["text", "Menu", "", 1, {}], "go-aide", null, "plain"]]}',NULL,1,NULL,1803891600000000,1803891600000000,1803891600000000,0,0,0,0);
INSERT INTO "page_messages" VALUES(4,1,'person','{"lines": [["strong", ["text", "A question to the team", "", 1, {}]], "Is there a piano in the cellar?"]}',NULL,2,NULL,1803891600000000,1803891600000000,1803891600000000,0,0,0,0);
INSERT INTO "page_messages" VALUES(5,1,'bot','{"lines": [["text", "Your question is with the team. The answer comes to you here.", "", 1, {}]], "buttons": [[["text", "My questions", "", 1, {}], "go-questions", null, "plain"], [["text", "My place", "", 1, {}], "go-moi", null, "plain"]]}',NULL,3,NULL,1803891600000000,1803891600000000,1803891600000000,0,0,1,0);
INSERT INTO "page_messages" VALUES(6,4,'bot','{"lines": [["text", "{name} asks the team:", "", 1, {"name": ["strong", ["name", "Zoé Dupont"]]}], ["name", "Is there a piano in the cellar?"]], "buttons": [[["text", "Answer", "", 1, {}], "qa-1", null, "primary"]]}',NULL,2,4,1803891600000000,1803891600000000,1803891600100000,0,0,0,0);
INSERT INTO "page_messages" VALUES(7,1,'bot','{"lines": [["text", "Here is your group.", "", 1, {}], "", ["strong", ["text", "{theme} · group {number}", "", 1, {"theme": ["localised", {"fr": "Innovation pédagogique", "en": "Education", "de": "Bildung"}], "number": 1}]], ["text", "On {date}; the hour is not known yet.", "", 1, {"date": ["strong", ["moment", 1812628800000000, "date"]]}], ["text", "The room is not known yet.", "", 1, {}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Ali"], "country": ["territory", "BE"]}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Max R."], "country": ["territory", "FR"]}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Zoé D."], "country": ["territory", "CA-QC"]}]], "buttons": [[["text", "As a picture", "", 1, {}], "gr-1", null, "plain"], [["text", "Why this group?", "", 1, {}], "gs-1", null, "plain"]], "pinned": true, "lasting": true}',NULL,5,5,1803891600000000,1803891600050000,1803891600100000,0,1,0,0);
INSERT INTO "page_messages" VALUES(8,3,'bot','{"lines": [["text", "Here is your group.", "", 1, {}], "", ["strong", ["text", "{theme} · group {number}", "", 1, {"theme": ["localised", {"fr": "Innovation pédagogique", "en": "Education", "de": "Bildung"}], "number": 1}]], ["text", "On {date}; the hour is not known yet.", "", 1, {"date": ["strong", ["moment", 1812628800000000, "date"]]}], ["text", "The room is not known yet.", "", 1, {}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Ali"], "country": ["territory", "BE"]}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Max R."], "country": ["territory", "FR"]}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Zoé D."], "country": ["territory", "CA-QC"]}]], "buttons": [[["text", "As a picture", "", 1, {}], "gr-1", null, "plain"], [["text", "Why this group?", "", 1, {}], "gs-1", null, "plain"]], "pinned": true, "lasting": true}',NULL,3,7,1803891600000000,1803891600050000,1803891600100000,0,1,0,0);
INSERT INTO "page_messages" VALUES(9,3,'person','{"lines": ["/groupe"]}',NULL,4,NULL,1803891600100000,1803891600100000,1803891600100000,0,0,0,0);
INSERT INTO "page_messages" VALUES(10,3,'bot','{"lines": [["strong", ["text", "{theme} · group {number}", "", 1, {"theme": ["localised", {"fr": "Innovation pédagogique", "en": "Education", "de": "Bildung"}], "number": 1}]], ["text", "On {date}; the hour is not known yet.", "", 1, {"date": ["strong", ["moment", 1812628800000000, "date"]]}], ["text", "The room is not known yet.", "", 1, {}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Ali"], "country": ["territory", "BE"]}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Max R."], "country": ["territory", "FR"]}], ["text", "{name} ({country})", "", 1, {"name": ["name", "Zoé D."], "country": ["territory", "CA-QC"]}]], "buttons": [[["text", "As a picture", "", 1, {}], "gr-1", null, "plain"], [["text", "Why this group?", "", 1, {}], "gs-1", null, "plain"], [["text", "My place", "", 1, {}], "go-moi", null, "plain"]], "lasting": true}',NULL,5,NULL,1803891600100000,1803891600100000,1803891600100000,0,0,1,0);
INSERT INTO "page_messages" VALUES(11,3,'person','{"lines": [["text", "As a picture", "", 1, {}]]}',NULL,6,NULL,1803891600100000,1803891600100000,1803891600100000,0,0,0,0);
INSERT INTO "page_messages" VALUES(12,3,'bot','{"lines": [["text", "Your group is being drawn. The picture comes in a moment.", "", 1, {}]], "buttons": [[["text", "My group", "", 1, {}], "gq-1", null, "plain"]]}',NULL,7,NULL,1803891600100000,1803891600100000,1803891600100000,0,0,1,0);
INSERT INTO "page_messages" VALUES(13,3,'bot','{"lines": [["text", "Your group as a picture.", "", 1, {}]], "buttons": [[["text", "My group", "", 1, {}], "gq-1", null, "plain"], [["text", "My place", "", 1, {}], "go-moi", null, "plain"]]}',NULL,8,11,1803891600100000,1803891600100000,1803891600150000,0,0,0,0);
INSERT INTO "page_messages" VALUES(14,4,'person','{"lines": ["/questions"]}',NULL,3,NULL,1803891600150000,1803891600150000,1803891600150000,0,0,0,0);
INSERT INTO "page_messages" VALUES(15,4,'bot','{"lines": [["text", "Waiting for an answer, oldest first:", "", 1, {}], ["text", "{number}. {name}: {question}", "", 1, {"number": 1, "name": ["name", "Zoé D."], "question": ["name", "Is there a piano in the cellar?"]}]], "buttons": [[["text", "Answer number {number}", "", 1, {"number": 1}], "qa-1", null, "plain"], [["text", "Organise", "", 1, {}], "go-organiser", null, "plain"]]}',NULL,4,NULL,1803891600150000,1803891600150000,1803891600150000,0,0,1,0);
INSERT INTO "page_messages" VALUES(16,4,'person','{"lines": ["/organiser"]}',NULL,5,NULL,1803891600150000,1803891600150000,1803891600150000,0,0,0,0);
INSERT INTO "page_messages" VALUES(17,4,'bot','{"lines": [["strong", ["text", "{count} question without an answer", "{count} questions without an answer", 1, {"count": 1}]], ["text", "Then: {step}", "", 1, {"step": ["text", "The programme is empty", "", 1, {}]}], "", ["joined", [["strong", ["text", "People", "", 1, {}]], " · ", ["text", "Joined: {joined} of {selected}.", "", 1, {"joined": ["strong", 3], "selected": 3}]]], ["joined", [["strong", ["text", "Groups", "", 1, {}]], " · ", ["text", "{count} group is published.", "{count} groups are published.", 1, {"count": 1}], " ", ["text", "{count} person has a theme.", "{count} people have a theme.", 3, {"count": 3}]]]], "buttons": [[["text", "Answer", "", 1, {}], "go-questions", null, "primary"], [["text", "Programme", "", 1, {}], "yo-0", null, "plain"], [["text", "Find someone", "", 1, {}], "os", null, "plain"], [["text", "People", "", 1, {}], "ho-people", null, "plain"], [["text", "Groups", "", 1, {}], "go-groupes", null, "plain"], [["text", "Themes", "", 1, {}], "oh", null, "plain"], [["text", "Workshops", "", 1, {}], "ho-workshops", null, "plain"], [["text", "Practical information", "", 1, {}], "ze", null, "plain"], [["text", "Announce", "", 1, {}], "go-annoncer", null, "plain"], [["text", "Recent changes", "", 1, {}], "oc", null, "plain"]]}',NULL,6,NULL,1803891600150000,1803891600150000,1803891600150000,0,0,3,0);
INSERT INTO "page_messages" VALUES(18,4,'person','{"lines": [["strong", ["text", "Find someone", "", 1, {}]], "Dupont"]}',NULL,7,NULL,1803891600150000,1803891600150000,1803891600150000,0,0,0,0);
INSERT INTO "page_messages" VALUES(19,4,'bot','{"lines": [["strong", ["text", "{name} ({ref})", "", 1, {"name": ["name", "Zoé Dupont"], "ref": ["name", "R-0001"]}]], ["text", "Territory: {territory}", "", 1, {"territory": ["territory", "CA-QC"]}], ["text", "Language: {language}", "", 1, {"language": "English"}], ["text", "{standing} Accounts: {names}.", "", 1, {"standing": ["text", "Joined.", "", 1, {}], "names": ["listing", [["text", "{platform} · {name}", "", 1, {"platform": ["text", "Personal page", "", 1, {}], "name": ["name", "Zoé D."]}]]]}], ["text", "Theme: {theme}", "", 1, {"theme": ["localised", {"fr": "Innovation pédagogique", "en": "Education", "de": "Bildung"}]}], ["text", "Group: {group}", "", 1, {"group": ["text", "{theme} · group {number}", "", 1, {"theme": ["localised", {"fr": "Innovation pédagogique", "en": "Education", "de": "Bildung"}], "number": 1}]}]], "buttons": [[["text", "Correct", "", 1, {}], "oe-1-ad564df7", null, "plain"], [["text", "Theme", "", 1, {}], "ot-1", null, "plain"], [["text", "Language", "", 1, {}], "ol-1", null, "plain"], [["text", "New invitation", "", 1, {}], "oin-1", null, "plain"], [["text", "Their workshops", "", 1, {}], "owp-1", null, "plain"], [["text", "Make organiser", "", 1, {}], "or-1", null, "plain"], [["text", "Revoke", "", 1, {}], "ox-1", null, "danger"], [["text", "Their group", "", 1, {}], "gj-1-1", null, "plain"], [["text", "Organise", "", 1, {}], "go-organiser", null, "plain"]]}',NULL,9,NULL,1803891600150000,1803891600150000,1803891600150000,0,0,3,0);
INSERT INTO "page_messages" VALUES(20,1,'bot','{"lines": [["text", "{phase}: ends {end}", "", 1, {"phase": ["strong", ["localised", {"fr": "Imaginer des solutions", "en": "Imagine solutions", "de": "Lösungen ausdenken"}]], "end": ["moment", 1803895200150000, "end"]}], ["localised", {"fr": "Consigne : Imaginer des solutions", "en": "Instruction: Imagine solutions", "de": "Aufgabe: Lösungen ausdenken"}], ["text", "For example: {example}", "", 1, {"example": ["localised", {"fr": "Exemple : Imaginer des solutions", "en": "Such as Imagine solutions", "de": "Etwa Lösungen ausdenken"}]}]], "buttons": [[["text", "Give an idea", "", 1, {}], "wg-1", null, "primary"], [["text", "My phase", "", 1, {}], "go-phase", null, "plain"], [["text", "Help!", "", 1, {}], "wh-1", null, "plain"]]}',NULL,6,12,1803891600150000,1803891600150000,1803891600200000,0,0,0,0);
INSERT INTO "page_messages" VALUES(21,3,'bot','{"lines": [["text", "{phase}: ends {end}", "", 1, {"phase": ["strong", ["localised", {"fr": "Imaginer des solutions", "en": "Imagine solutions", "de": "Lösungen ausdenken"}]], "end": ["moment", 1803895200150000, "end"]}], ["localised", {"fr": "Consigne : Imaginer des solutions", "en": "Instruction: Imagine solutions", "de": "Aufgabe: Lösungen ausdenken"}], ["text", "For example: {example}", "", 1, {"example": ["localised", {"fr": "Exemple : Imaginer des solutions", "en": "Such as Imagine solutions", "de": "Etwa Lösungen ausdenken"}]}]], "buttons": [[["text", "Give an idea", "", 1, {}], "wg-1", null, "primary"], [["text", "My phase", "", 1, {}], "go-phase", null, "plain"], [["text", "Help!", "", 1, {}], "wh-1", null, "plain"]]}',NULL,9,13,1803891600150000,1803891600150000,1803891600200000,0,0,0,0);
INSERT INTO "page_messages" VALUES(22,1,'person','{"lines": ["A library of things that we lend to each other"]}',NULL,7,NULL,1803891600200000,1803891600200000,1803891600200000,0,0,0,0);
INSERT INTO "page_messages" VALUES(23,1,'bot','{"lines": [["text", "{count} idea: «{idea}»", "{count} ideas, the last: «{idea}»", 1, {"count": 1, "idea": ["name", "A library of things that we lend to each other"]}]], "buttons": [[["text", "Another idea", "", 1, {}], "wg-1", null, "primary"], [["text", "This is not an idea", "", 1, {}], "wnx-1", null, "plain"], [["text", "Change it", "", 1, {}], "wxe-1", null, "plain"], [["text", "Without my name", "", 1, {}], "wxn-1-1", null, "plain"]]}',NULL,8,NULL,1803891600200000,1803891600200000,1803891600200000,0,0,0,0);
INSERT INTO "page_messages" VALUES(24,3,'person','{"lines": ["Zoé Dupont said: a library of things"]}',NULL,10,NULL,1803891600200000,1803891600200000,1803891600200000,0,0,0,0);
INSERT INTO "page_messages" VALUES(25,3,'bot','{"lines": [["text", "{count} idea: «{idea}»", "{count} ideas, the last: «{idea}»", 1, {"count": 1, "idea": ["name", "Zoé Dupont said: a library of things"]}]], "buttons": [[["text", "Another idea", "", 1, {}], "wg-1", null, "primary"], [["text", "This is not an idea", "", 1, {}], "wnx-2", null, "plain"], [["text", "Change it", "", 1, {}], "wxe-2", null, "plain"], [["text", "Without my name", "", 1, {}], "wxn-2-1", null, "plain"]]}',NULL,11,NULL,1803891600200000,1803891600200000,1803891600200000,0,0,0,0);
INSERT INTO "page_messages" VALUES(26,1,'bot','{"lines": [["text", "{phase}: {count} idea of your group can be read now.", "{phase}: {count} ideas of your group can be read now.", 2, {"count": 2, "phase": ["strong", ["localised", {"fr": "Imaginer des solutions", "en": "Imagine solutions", "de": "Lösungen ausdenken"}]]}], ["text", "You have {count} vote, until the end of the phase.", "You have {count} votes, until the end.", 3, {"count": 3}]], "buttons": [[["text", "Vote", "", 1, {}], "wv-1", null, "primary"], [["text", "The wall", "", 1, {}], "ww-1-1-v", null, "plain"]]}',NULL,9,15,1803891600200000,1803891600200000,1803891600250000,0,0,0,0);
INSERT INTO "page_messages" VALUES(27,3,'bot','{"lines": [["text", "{phase}: {count} idea of your group can be read now.", "{phase}: {count} ideas of your group can be read now.", 2, {"count": 2, "phase": ["strong", ["localised", {"fr": "Imaginer des solutions", "en": "Imagine solutions", "de": "Lösungen ausdenken"}]]}], ["text", "You have {count} vote, until the end of the phase.", "You have {count} votes, until the end.", 3, {"count": 3}]], "buttons": [[["text", "Vote", "", 1, {}], "wv-1", null, "primary"], [["text", "The wall", "", 1, {}], "ww-1-1-v", null, "plain"]]}',NULL,12,16,1803891600200000,1803891600200000,1803891600250000,0,0,0,0);
INSERT INTO "page_messages" VALUES(28,3,'person','{"lines": ["/phase"]}',NULL,13,NULL,1803891600250000,1803891600250000,1803891600250000,0,0,0,0);
INSERT INTO "page_messages" VALUES(29,3,'bot','{"lines": [["strong", ["text", "{phase}, {group}", "", 1, {"phase": ["localised", {"fr": "Imaginer des solutions", "en": "Imagine solutions", "de": "Lösungen ausdenken"}], "group": ["text", "group {number}", "", 1, {"number": 1}]}]], ["text", "{count} idea, newest first", "{count} ideas, newest first", 2, {"count": 2}], ["text", "You read the votes once you have voted.", "", 1, {}]], "buttons": [[["text", "Refresh", "", 1, {}], "ww-1-1-t", null, "plain"], [["text", "Vote", "", 1, {}], "wv-1", null, "primary"], [["text", "Get inspired", "", 1, {}], "wi-1", null, "plain"], [["text", "My phase", "", 1, {}], "go-phase", null, "plain"]], "choice": {"action": "wof-gt-1", "options": [["2", "Zoé Dupont said: a library of things", ["joined", [["text", "you", "", 1, {}]]]], ["1", "A library of things that we lend to each other", ["joined", [["name", "Zoé"]]]]], "selected": [], "at_least": 1, "at_most": 1, "placeholder": ["text", "Open an idea", "", 1, {}], "listed": true}}',NULL,15,NULL,1803891600250000,1803891600250000,1803891600250000,0,0,1,0);
INSERT INTO "page_messages" VALUES(30,1,'person','{"lines": [["strong", ["text", "A question to the team", "", 1, {}]], "Who has the key of the cellar room?"]}',NULL,10,NULL,1803891600250000,1803891600250000,1803891600250000,0,0,0,0);
INSERT INTO "page_messages" VALUES(31,1,'bot','{"lines": [["text", "Your question is with the team. The answer comes to you here.", "", 1, {}]], "buttons": [[["text", "My questions", "", 1, {}], "go-questions", null, "plain"], [["text", "My place", "", 1, {}], "go-moi", null, "plain"]]}',NULL,11,NULL,1803891600250000,1803891600250000,1803891600250000,0,0,1,0);
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
INSERT INTO "participants" VALUES(1,'R-0001','Zoé','Dupont','zoe dupont','','CA-QC','',NULL,'','en','joined',1,0,0,1,1803891600000000,1803891600000000,'[]');
INSERT INTO "participants" VALUES(2,'R-0002','Ali','','ali','','BE','',NULL,'','en','joined',1,0,0,2,1803891600000000,1803891600000000,'[]');
INSERT INTO "participants" VALUES(3,'R-0003','Max','Roy','max roy','','FR','',NULL,'','en','joined',1,0,0,3,1803891600000000,1803891600000000,'[]');
INSERT INTO "participants" VALUES(4,'R-0004','Inès','','ines','','CA-QC','',NULL,'','en','joined',0,1,0,4,1803891600000000,1803891600000000,'[]');
CREATE TABLE pending_imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    people TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
INSERT INTO "pending_imports" VALUES(1,4,'[{"ref": "R-0001", "given_name": "Zoé", "family_name": "Dupont", "email": ""}]','x',1803893400000000);
INSERT INTO "pending_imports" VALUES(2,4,'[{"ref": "R-0077", "given_name": "Noé", "family_name": "Petit", "email": ""}]','y',1803893400000000);
CREATE TABLE pending_programmes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    plans TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE pending_sections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    changes TEXT NOT NULL,
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
INSERT INTO "phase_runs" VALUES(1,1,'solutions','running',1803891600150000,NULL,1803895200150000,NULL,3600000000,300000000,600000000,0,1803891600200000,NULL,NULL);
CREATE TABLE phases (
    key TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    title TEXT NOT NULL,
    instruction TEXT NOT NULL,
    example TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    collects TEXT NOT NULL
);
INSERT INTO "phases" VALUES('stakes',0,'{"fr": "Comprendre les enjeux", "en": "Understand the stakes", "de": "Die Lage verstehen"}','{"fr": "Consigne : Comprendre les enjeux", "en": "Instruction: Understand the stakes", "de": "Aufgabe: Die Lage verstehen"}','{"fr": "Exemple : Comprendre les enjeux", "en": "Such as Understand the stakes", "de": "Etwa Die Lage verstehen"}',40,'facts');
INSERT INTO "phases" VALUES('challenge',1,'{"fr": "Formuler un défi", "en": "Formulate a challenge", "de": "Eine Frage finden"}','{"fr": "Consigne : Formuler un défi", "en": "Instruction: Formulate a challenge", "de": "Aufgabe: Eine Frage finden"}','{"fr": "Exemple : Formuler un défi", "en": "Such as Formulate a challenge", "de": "Etwa Eine Frage finden"}',30,'challenge');
INSERT INTO "phases" VALUES('solutions',2,'{"fr": "Imaginer des solutions", "en": "Imagine solutions", "de": "Lösungen ausdenken"}','{"fr": "Consigne : Imaginer des solutions", "en": "Instruction: Imagine solutions", "de": "Aufgabe: Lösungen ausdenken"}','{"fr": "Exemple : Imaginer des solutions", "en": "Such as Imagine solutions", "de": "Etwa Lösungen ausdenken"}',60,'solution');
INSERT INTO "phases" VALUES('territories',3,'{"fr": "Porter la solution", "en": "Carry the solution", "de": "Die Lösung übertragen"}','{"fr": "Consigne : Porter la solution", "en": "Instruction: Carry the solution", "de": "Aufgabe: Die Lösung übertragen"}','{"fr": "Exemple : Porter la solution", "en": "Such as Carry the solution", "de": "Etwa Die Lösung übertragen"}',40,'territories');
CREATE TABLE plenaries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    round BIGINT NOT NULL REFERENCES rounds (number) ON DELETE CASCADE,
    session_id BIGINT REFERENCES sessions (id) ON DELETE SET NULL,
    room BIGINT NOT NULL DEFAULT 1,
    talk BIGINT NOT NULL,
    questions BIGINT NOT NULL,
    change BIGINT NOT NULL,
    seed BIGINT,
    began_at BIGINT,
    planned_end_at BIGINT,
    paused_at BIGINT,
    ended_at BIGINT,
    tick_at BIGINT
, captions TEXT NOT NULL DEFAULT '', gallery INTEGER NOT NULL DEFAULT 0);
CREATE TABLE practical_counts (
    section TEXT PRIMARY KEY,
    offered BIGINT NOT NULL DEFAULT 0,
    spared BIGINT NOT NULL DEFAULT 0,
    passed_on BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE practical_files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    position INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content BYTEA NOT NULL,
    added_at BIGINT NOT NULL
);
CREATE TABLE practical_readers (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    section TEXT NOT NULL,
    read_at BIGINT NOT NULL,
    told INTEGER NOT NULL DEFAULT 0,
    answer TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (participant_id, section)
);
CREATE TABLE practical_sections (
    key TEXT PRIMARY KEY,
    parts TEXT NOT NULL
);
CREATE TABLE presenters (
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    alternates INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (group_id, participant_id)
);
CREATE TABLE programme_news (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    changes TEXT NOT NULL,
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    told_to BIGINT NOT NULL,
    up_to BIGINT NOT NULL
);
CREATE TABLE proposals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    kept_at BIGINT
);
CREATE TABLE push_devices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
CREATE TABLE pushes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
CREATE TABLE questions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    participant_id BIGINT REFERENCES participants (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    answer TEXT,
    answered_at BIGINT,
    answered_by BIGINT
);
INSERT INTO "questions" VALUES(1,1,'Is there a piano in the cellar?',1803891600000000,NULL,NULL,NULL);
INSERT INTO "questions" VALUES(2,1,'Who has the key of the cellar room?',1803891600250000,NULL,NULL,NULL);
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
CREATE TABLE reminders_called_back (
    subject TEXT NOT NULL PRIMARY KEY,
    up_to BIGINT NOT NULL
);
CREATE TABLE rounds (
    number BIGINT PRIMARY KEY,
    day TEXT NOT NULL,
    meets_at BIGINT,
    published_at BIGINT
, configured BIGINT);
INSERT INTO "rounds" VALUES(1,'2027-06-10',NULL,1803891600000000,NULL);
CREATE TABLE safety_answers (
    check_id BIGINT NOT NULL REFERENCES safety_checks (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    answer TEXT NOT NULL DEFAULT '',
    answered_at BIGINT,
    help_at BIGINT,
    PRIMARY KEY (check_id, participant_id)
);
CREATE TABLE safety_checks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    audience TEXT NOT NULL,
    drill INTEGER NOT NULL,
    running INTEGER UNIQUE,
    begun_at BIGINT NOT NULL,
    second_round_at BIGINT,
    closed_at BIGINT
);
CREATE TABLE safety_places (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    check_id BIGINT NOT NULL REFERENCES safety_checks (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    words TEXT NOT NULL DEFAULT '',
    latitude DOUBLE PRECISION,
    longitude DOUBLE PRECISION,
    digest TEXT NOT NULL DEFAULT '',
    media_type TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '',
    said_at BIGINT NOT NULL
);
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
INSERT INTO "schema_version" VALUES(24,'024_messages_of_idea_files.sql');
INSERT INTO "schema_version" VALUES(25,'025_reports.sql');
INSERT INTO "schema_version" VALUES(26,'026_command_lists.sql');
INSERT INTO "schema_version" VALUES(27,'027_channels.sql');
INSERT INTO "schema_version" VALUES(28,'028_references.sql');
INSERT INTO "schema_version" VALUES(29,'029_tries.sql');
INSERT INTO "schema_version" VALUES(30,'030_copies_in_slices.sql');
INSERT INTO "schema_version" VALUES(31,'031_programs.sql');
INSERT INTO "schema_version" VALUES(32,'032_changes_in_slices.sql');
INSERT INTO "schema_version" VALUES(33,'033_plenary.sql');
INSERT INTO "schema_version" VALUES(34,'034_equality.sql');
INSERT INTO "schema_version" VALUES(35,'035_displays.sql');
INSERT INTO "schema_version" VALUES(36,'036_alternation.sql');
INSERT INTO "schema_version" VALUES(37,'037_gallery.sql');
INSERT INTO "schema_version" VALUES(38,'038_practical.sql');
INSERT INTO "schema_version" VALUES(39,'039_push.sql');
INSERT INTO "schema_version" VALUES(40,'040_trust.sql');
INSERT INTO "schema_version" VALUES(41,'041_bulk_messages.sql');
INSERT INTO "schema_version" VALUES(42,'042_large_reads.sql');
INSERT INTO "schema_version" VALUES(43,'043_words.sql');
INSERT INTO "schema_version" VALUES(44,'044_printed_lines.sql');
INSERT INTO "schema_version" VALUES(45,'045_safety_places.sql');
CREATE TABLE screens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    native_id TEXT NOT NULL DEFAULT '',
    wanted BIGINT NOT NULL DEFAULT 1,
    shown BIGINT NOT NULL DEFAULT 0,
    digest TEXT NOT NULL DEFAULT '',
    not_before BIGINT NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0, reference TEXT,
    UNIQUE (key, account_id)
);
CREATE TABLE secrets (
    hash TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    account_id BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT);
INSERT INTO "secrets" VALUES('b26f8e280281769a00f25c1f88a98420f63f36d7e18d5438d87683b32c02dd0f','invitation',1,NULL,1803891600000000,NULL,NULL);
INSERT INTO "secrets" VALUES('f2ecf8ed3fae4fb4e335d07532f70c298c8b82cd131414ad11d1b6d504fa7870','page',1,NULL,1803891600000000,NULL,NULL);
INSERT INTO "secrets" VALUES('d011d0711cf3b94694b2b2d5149e88816d1db077d2b381476eb210dfbc410fda','session',1,1,1803891600000000,1819443600000000,NULL);
INSERT INTO "secrets" VALUES('9090e6dce7b08db350962573e38e8d7ff4889a9e7fddf115d3c5f3b8a7437b29','invitation',2,2,1803891600000000,NULL,1803891600000000);
INSERT INTO "secrets" VALUES('dceb8f0568317ab6d0b21c2a4e4a86e7fb172e166d850a2f9bbcd92fe14bebdd','invitation',3,NULL,1803891600000000,NULL,NULL);
INSERT INTO "secrets" VALUES('f6c68265300854abda2cf86708037e44dd3349fbc910a354e67b6ac4c2eb0690','page',3,NULL,1803891600000000,NULL,NULL);
INSERT INTO "secrets" VALUES('b34508cf3fb8c00a256210759a75b41e30cc4d979f16e882a28cca9ce98b1f90','session',3,3,1803891600000000,1819443600000000,NULL);
INSERT INTO "secrets" VALUES('0ab0865c4c8078aaa7d065c725d1c91b03910290917e131a9240557fd5fd5e68','invitation',4,NULL,1803891600000000,NULL,NULL);
INSERT INTO "secrets" VALUES('30f5ae4be8dcee7dba2af3acc5a5aad088bacf306143da464f520171b3009d48','page',4,NULL,1803891600000000,NULL,NULL);
INSERT INTO "secrets" VALUES('62963074c5ad730b6383f21dd1380efedcbabe8470efc19b554b0baa2b8d1402','session',4,4,1803891600000000,1819443600000000,NULL);
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
INSERT INTO "settings" VALUES('reminders_configured','{"zone": "Europe/Paris", "kinds": {"plenary": ["10min"], "workshop": ["10min"], "meal": ["10min"], "visit": ["10min"], "evening": ["10min"], "other": ["10min"], "themes": ["2d20h", "20h"]}, "eve": "6h", "asked": ["meal"]}');
INSERT INTO "settings" VALUES('theme_deadline','1809165600000000');
INSERT INTO "settings" VALUES('seeded','1');
INSERT INTO "settings" VALUES('sessions_seeded','1');
INSERT INTO "settings" VALUES('group_sizes','5 7 6');
INSERT INTO "settings" VALUES('practical_seeded','1');
INSERT INTO "settings" VALUES('phases_seeded','1');
INSERT INTO "settings" VALUES('telegram_username','rencontres_bot');
INSERT INTO "settings" VALUES('spaces_on_telegram','0');
CREATE TABLE shown_screens (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    native_id TEXT NOT NULL,
    screen TEXT NOT NULL,
    shown_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, native_id)
);
INSERT INTO "shown_screens" VALUES(4,'3','go-moi',1803891600000000);
INSERT INTO "shown_screens" VALUES(3,'10','go-groupe',1803891600100000);
INSERT INTO "shown_screens" VALUES(2,'6','go-groupe',1803891600100000);
INSERT INTO "shown_screens" VALUES(4,'15','go-questions',1803891600150000);
INSERT INTO "shown_screens" VALUES(4,'17','go-organiser',1803891600150000);
CREATE TABLE stage_alternations (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE
);
CREATE TABLE stage_questions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id BIGINT REFERENCES groups (id) ON DELETE SET NULL,
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    named INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL,
    stems TEXT NOT NULL DEFAULT '',
    views BIGINT NOT NULL DEFAULT 0,
    written_at BIGINT NOT NULL,
    asked_at BIGINT,
    told_at BIGINT,
    hidden_at BIGINT,
    hidden_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    merged_into BIGINT REFERENCES stage_questions (id) ON DELETE SET NULL,
    answer TEXT NOT NULL DEFAULT '',
    answered_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    answered_at BIGINT
);
CREATE TABLE stage_turns (
    group_id BIGINT PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    plenary_id BIGINT NOT NULL REFERENCES plenaries (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    passed INTEGER NOT NULL DEFAULT 0,
    began_at BIGINT,
    ends_at BIGINT,
    over_at BIGINT,
    called_at BIGINT
);
CREATE TABLE stage_views (
    question_id BIGINT NOT NULL REFERENCES stage_questions (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    PRIMARY KEY (question_id, participant_id)
);
CREATE TABLE stage_votes (
    question_id BIGINT NOT NULL REFERENCES stage_questions (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    PRIMARY KEY (question_id, participant_id)
);
CREATE TABLE stage_wishes (
    group_id BIGINT PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    remote INTEGER NOT NULL DEFAULT 0,
    declines INTEGER NOT NULL DEFAULT 0
, named INTEGER NOT NULL DEFAULT 0);
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
, unprinted TEXT NOT NULL DEFAULT '');
CREATE TABLE synthesis_opinions (
    synthesis_id BIGINT NOT NULL REFERENCES syntheses (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    approves INTEGER NOT NULL,
    comment TEXT NOT NULL DEFAULT '',
    at BIGINT NOT NULL, unprinted BIGINT NOT NULL DEFAULT 0,
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
    updated_at BIGINT NOT NULL, unprinted TEXT NOT NULL DEFAULT '',
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
INSERT INTO "themes" VALUES('culture',0,'{"fr": "Culture", "en": "Culture", "de": "Kultur"}','{}',2,0);
INSERT INTO "themes" VALUES('school',1,'{"fr": "Innovation pédagogique", "en": "Education", "de": "Bildung"}','{}',NULL,3);
INSERT INTO "themes" VALUES('civic',2,'{"fr": "CivicTech", "en": "CivicTech", "de": "CivicTech"}','{}',NULL,0);
CREATE TABLE trust_conversations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    trusted_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    anonymous INTEGER NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0,
    begun_at BIGINT NOT NULL
);
CREATE TABLE trust_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    writer_id BIGINT REFERENCES participants (id) ON DELETE CASCADE,
    words TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    sent_at BIGINT
, conversation_id BIGINT REFERENCES trust_conversations (id) ON DELETE CASCADE);
CREATE TABLE trusted_people (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,
    languages TEXT NOT NULL,
    hours TEXT NOT NULL,
    named_at BIGINT NOT NULL
);
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
CREATE INDEX admissions_by_account ON admissions (account_id);
CREATE INDEX deliveries_by_account ON deliveries (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX sessions_by_time ON sessions (starts_at);
CREATE INDEX pending_programmes_by_time ON pending_programmes (created_at);
CREATE INDEX announcements_by_state ON announcements (state, due_at);
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
CREATE INDEX channels_due ON channels (platform, due_at);
CREATE INDEX deliveries_by_channel ON deliveries (channel_id) WHERE channel_id IS NOT NULL;
CREATE INDEX deliveries_tried ON deliveries (announcement_id)
    WHERE state = 'waiting' AND (native_id IS NOT NULL OR repeated = 1);
CREATE INDEX deliveries_calling ON deliveries (announcement_id) WHERE mentions <> '';
CREATE INDEX deliveries_copies ON deliveries ((announcement_id + 0), id) WHERE announcement_id IS NOT NULL;
CREATE INDEX deliveries_by_subject ON deliveries (subject, id) WHERE subject <> '';
CREATE INDEX accounts_by_command_list ON accounts (platform) WHERE command_list <> '';
CREATE INDEX plenaries_by_tick ON plenaries (tick_at) WHERE tick_at IS NOT NULL;
CREATE INDEX stage_turns_by_plenary ON stage_turns (plenary_id, position);
CREATE INDEX presenters_by_person ON presenters (participant_id);
CREATE INDEX stage_questions_by_group ON stage_questions (group_id, id);
CREATE INDEX stage_questions_by_author ON stage_questions (author_id, group_id);
CREATE INDEX stage_views_by_person ON stage_views (participant_id);
CREATE INDEX stage_votes_by_person ON stage_votes (participant_id);
CREATE INDEX applause_by_person ON applause (participant_id);
CREATE INDEX also_here_by_person ON also_here (participant_id);
CREATE INDEX display_links_by_subject ON display_links (kind, subject);
CREATE INDEX display_links_by_person ON display_links (participant_id) WHERE participant_id IS NOT NULL;
CREATE INDEX gallery_visits_by_person ON gallery_visits (participant_id);
CREATE INDEX gallery_visits_by_group ON gallery_visits (group_id);
CREATE INDEX practical_readers_by_section ON practical_readers (section, read_at);
CREATE INDEX pending_sections_by_time ON pending_sections (created_at);
CREATE INDEX push_devices_by_participant ON push_devices (participant_id);
CREATE INDEX pushes_due ON pushes (state, due_at);
CREATE INDEX pushes_by_message ON pushes (message_id);
CREATE INDEX trust_conversations_of_author ON trust_conversations (author_id);
CREATE INDEX trust_conversations_of_trusted ON trust_conversations (trusted_id);
CREATE INDEX trust_messages_of_writer ON trust_messages (writer_id);
CREATE INDEX safety_answers_of_person ON safety_answers (participant_id);
CREATE INDEX deliveries_to_many ON deliveries (participant_id, sent_at)
    WHERE sent_at IS NOT NULL AND (announcement_id IS NOT NULL OR urgent = -1);
CREATE INDEX attendance_absent ON attendance (day, participant_id) WHERE present = 0;
CREATE INDEX deliveries_by_announcement
    ON deliveries (announcement_id, state, platform, op, reason, repeated, due_at, rung_at)
    WHERE announcement_id IS NOT NULL;
CREATE INDEX deliveries_reminding ON deliveries (kind, id) WHERE state = 'waiting' AND kind LIKE 'reminder %';
CREATE INDEX programme_news_by_author ON programme_news (author_id) WHERE author_id IS NOT NULL;
CREATE INDEX trust_messages_of_conversation ON trust_messages (conversation_id);
CREATE INDEX trust_messages_waiting ON trust_messages (written_at) WHERE conversation_id IS NULL;
CREATE INDEX safety_places_of_person ON safety_places (participant_id, check_id, said_at);
CREATE INDEX safety_places_of_check ON safety_places (check_id);
CREATE INDEX safety_places_by_age ON safety_places (said_at);
CREATE INDEX safety_places_by_digest ON safety_places (digest) WHERE digest <> '';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('safety_places',0);
INSERT INTO "sqlite_sequence" VALUES('participants',4);
INSERT INTO "sqlite_sequence" VALUES('accounts',4);
INSERT INTO "sqlite_sequence" VALUES('page_messages',31);
INSERT INTO "sqlite_sequence" VALUES('deliveries',18);
INSERT INTO "sqlite_sequence" VALUES('questions',2);
INSERT INTO "sqlite_sequence" VALUES('groups',1);
INSERT INTO "sqlite_sequence" VALUES('jobs',1);
INSERT INTO "sqlite_sequence" VALUES('files',1);
INSERT INTO "sqlite_sequence" VALUES('phase_runs',1);
INSERT INTO "sqlite_sequence" VALUES('ideas',2);
COMMIT;
