-- {key}: a compact integer key. {bytes}: bytes; public identifiers are UUIDv7 in 16 of them.
-- Instants are milliseconds UTC. Truth values are 0 and 1. JSON is text. Words live in the nouns' tables, never in fact.
CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO counter (name, value) VALUES ('fact', 0), ('case', 0);
CREATE TABLE fact (
    number BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, actor TEXT NOT NULL, act TEXT NOT NULL,
    case_key BIGINT, ids TEXT NOT NULL, fields TEXT NOT NULL
);
CREATE INDEX fact_of_case ON fact (case_key, number);
CREATE TABLE setting (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE brand (
    key {key}, id {bytes} NOT NULL UNIQUE, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, settings TEXT NOT NULL
);
CREATE TABLE person (
    key {key}, id {bytes} NOT NULL UNIQUE, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
    lang TEXT NOT NULL, password_hash TEXT, created_at BIGINT NOT NULL, disabled_at BIGINT, absent_until BIGINT
);
CREATE TABLE session (
    token_hash {bytes} NOT NULL PRIMARY KEY, person_key BIGINT NOT NULL REFERENCES person (key), csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
);
CREATE INDEX session_of_person ON session (person_key);
CREATE TABLE ticket (
    token_hash {bytes} NOT NULL PRIMARY KEY, purpose TEXT NOT NULL, role TEXT NOT NULL, email TEXT,
    person_key BIGINT REFERENCES person (key), made_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT
);
CREATE TABLE source (
    key {key}, id {bytes} NOT NULL UNIQUE, brand_key BIGINT NOT NULL REFERENCES brand (key), kind TEXT NOT NULL,
    name TEXT NOT NULL, code TEXT NOT NULL UNIQUE, settings TEXT NOT NULL, secret TEXT NOT NULL, stream_cursor TEXT,
    paused_at BIGINT, created_at BIGINT NOT NULL, last_received_at BIGINT, last_error TEXT, last_error_at BIGINT
);
CREATE TABLE api_key (
    key {key}, id {bytes} NOT NULL UNIQUE, name TEXT NOT NULL, key_hash {bytes} NOT NULL UNIQUE, prefix TEXT NOT NULL,
    scopes TEXT NOT NULL, source_key BIGINT NOT NULL REFERENCES source (key), made_by TEXT NOT NULL,
    created_at BIGINT NOT NULL, revoked_at BIGINT, last_used_at BIGINT
);
CREATE TABLE refused (
    key {key}, id {bytes} NOT NULL UNIQUE, source_key BIGINT NOT NULL REFERENCES source (key), external_id TEXT,
    at BIGINT NOT NULL, problem TEXT NOT NULL, detail TEXT NOT NULL, payload TEXT NOT NULL, replayed_at BIGINT
);
CREATE INDEX refused_waiting ON refused (replayed_at, key);
CREATE INDEX refused_again ON refused (source_key, (COALESCE(external_id, '')));
CREATE TABLE customer (
    key {key}, id {bytes} NOT NULL UNIQUE, name TEXT NOT NULL, created_at BIGINT NOT NULL, joined_into BIGINT
);
CREATE INDEX customer_by_name ON customer (name, key);
CREATE TABLE author (
    key {key}, id {bytes} NOT NULL UNIQUE, source_key BIGINT NOT NULL REFERENCES source (key), said_key TEXT NOT NULL,
    handle TEXT, name TEXT, email TEXT, phone TEXT, shop_id TEXT, followers BIGINT, network TEXT,
    customer_key BIGINT, created_at BIGINT NOT NULL, UNIQUE (source_key, said_key)
);
CREATE INDEX author_of_customer ON author (customer_key);
CREATE TABLE identifier (
    kind TEXT NOT NULL, value TEXT NOT NULL, author_key BIGINT NOT NULL REFERENCES author (key),
    PRIMARY KEY (kind, value, author_key)
);
CREATE INDEX identifier_of_author ON identifier (author_key);
CREATE TABLE shared_identifier (
    kind TEXT NOT NULL, value TEXT NOT NULL, flagged_by TEXT NOT NULL, flagged_at BIGINT NOT NULL,
    PRIMARY KEY (kind, value)
);
CREATE TABLE edge (
    key {key}, author_key BIGINT NOT NULL REFERENCES author (key), customer_key BIGINT NOT NULL REFERENCES customer (key),
    evidence TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL, undone_at BIGINT, undone_by TEXT
);
CREATE INDEX edge_of_author ON edge (author_key);
CREATE INDEX edge_of_customer ON edge (customer_key);
CREATE TABLE identity_join (
    key {key}, id {bytes} NOT NULL UNIQUE, kept BIGINT NOT NULL, absorbed BIGINT NOT NULL, moved TEXT NOT NULL,
    made_by TEXT NOT NULL, made_at BIGINT NOT NULL, undone_at BIGINT, undone_by TEXT
);
CREATE TABLE conversation (
    key {key}, id {bytes} NOT NULL UNIQUE, source_key BIGINT NOT NULL REFERENCES source (key), external_key TEXT NOT NULL,
    case_key BIGINT, created_at BIGINT NOT NULL, UNIQUE (source_key, external_key)
);
CREATE TABLE cases (
    key {key}, id {bytes} NOT NULL UNIQUE, number BIGINT NOT NULL UNIQUE, brand_key BIGINT NOT NULL, source_key BIGINT NOT NULL,
    conversation_key BIGINT NOT NULL, author_key BIGINT NOT NULL, customer_key BIGINT, channel TEXT NOT NULL,
    title TEXT NOT NULL, words TEXT NOT NULL, lang TEXT NOT NULL, kind TEXT NOT NULL, sentiment TEXT NOT NULL,
    harm TEXT NOT NULL, gates TEXT NOT NULL, urgent BIGINT NOT NULL, state TEXT NOT NULL, owner_key BIGINT,
    cause_key BIGINT, continues_key BIGINT, joined_key BIGINT, opened_at BIGINT NOT NULL, heard_at BIGINT NOT NULL,
    waiting_since BIGINT, answered_at BIGINT, closed_at BIGINT, snoozed_until BIGINT, due_at BIGINT, take_by BIGINT,
    touched_at BIGINT NOT NULL, moved BIGINT NOT NULL, importance BIGINT NOT NULL, urgency BIGINT NOT NULL,
    queue TEXT NOT NULL, rank BIGINT NOT NULL, next_change_at BIGINT, rules TEXT NOT NULL, reasons TEXT NOT NULL,
    how TEXT, messages BIGINT NOT NULL, public BIGINT NOT NULL, stamp BIGINT NOT NULL
);
CREATE INDEX case_inbox ON cases (rank, key) WHERE state = 'open';
CREATE INDEX case_queue ON cases (queue, rank, key) WHERE state = 'open';
CREATE INDEX case_kind ON cases (kind, rank, key) WHERE state = 'open';
CREATE INDEX case_mine ON cases (owner_key, rank, key) WHERE state = 'open';
CREATE INDEX case_unowned ON cases (rank, key) WHERE state = 'open' AND owner_key IS NULL;
CREATE INDEX case_take_by ON cases (take_by) WHERE state = 'open' AND owner_key IS NULL;
CREATE INDEX case_state ON cases (state, rank, key) WHERE state <> 'open';
CREATE INDEX case_recent ON cases (state, heard_at, key);
CREATE INDEX case_next_change ON cases (next_change_at) WHERE next_change_at IS NOT NULL;
CREATE INDEX case_snoozed ON cases (snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE INDEX case_of_customer ON cases (customer_key, key);
CREATE INDEX case_of_author ON cases (author_key, key);
CREATE INDEX case_of_conversation ON cases (conversation_key, key);
CREATE INDEX case_of_cause ON cases (cause_key, key);
CREATE INDEX case_of_cause_since ON cases (cause_key, opened_at, customer_key, author_key);
CREATE TABLE message (
    key {key}, id {bytes} NOT NULL UNIQUE, source_key BIGINT NOT NULL, external_id TEXT NOT NULL, brand_key BIGINT NOT NULL,
    conversation_key BIGINT NOT NULL, case_key BIGINT NOT NULL, author_key BIGINT, person_key BIGINT, emitter TEXT NOT NULL,
    visibility TEXT NOT NULL, channel TEXT NOT NULL, at BIGINT NOT NULL, at_offset BIGINT NOT NULL,
    received_at BIGINT NOT NULL, text TEXT NOT NULL, html TEXT, title TEXT, url TEXT, in_reply_to TEXT, details TEXT NOT NULL,
    content_hash {bytes} NOT NULL, revision BIGINT NOT NULL, UNIQUE (source_key, external_id)
);
CREATE INDEX message_of_case ON message (case_key, at, key);
CREATE INDEX message_of_conversation ON message (conversation_key, key);
CREATE INDEX message_of_author ON message (author_key, key);
CREATE TABLE revision (
    message_key BIGINT NOT NULL REFERENCES message (key), revision BIGINT NOT NULL, text TEXT NOT NULL, html TEXT, title TEXT,
    content_hash {bytes} NOT NULL, replaced_at BIGINT NOT NULL, PRIMARY KEY (message_key, revision)
);
CREATE TABLE derived (
    message_key BIGINT NOT NULL REFERENCES message (key), stage TEXT NOT NULL, version TEXT NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (message_key, stage)
);
CREATE TABLE attachment (
    key {key}, id {bytes} NOT NULL UNIQUE, message_key BIGINT, case_key BIGINT, name TEXT NOT NULL, media_type TEXT NOT NULL,
    size BIGINT NOT NULL, sha256 TEXT NOT NULL, created_at BIGINT NOT NULL
);
CREATE INDEX attachment_of_message ON attachment (message_key);
CREATE INDEX attachment_of_case ON attachment (case_key);
CREATE TABLE note (
    key {key}, id {bytes} NOT NULL UNIQUE, case_key BIGINT NOT NULL, person_key BIGINT NOT NULL, text TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX note_of_case ON note (case_key, key);
CREATE TABLE mention (
    note_key BIGINT NOT NULL REFERENCES note (key), person_key BIGINT NOT NULL, case_key BIGINT NOT NULL, seen_at BIGINT,
    PRIMARY KEY (note_key, person_key)
);
CREATE INDEX mention_of_person ON mention (person_key, note_key);
CREATE TABLE draft (
    case_key BIGINT NOT NULL, person_key BIGINT NOT NULL, text TEXT NOT NULL, visibility TEXT NOT NULL, updated_at BIGINT NOT NULL,
    PRIMARY KEY (case_key, person_key)
);
CREATE TABLE assignment (
    key {key}, case_key BIGINT NOT NULL, owner_key BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
    ended_at BIGINT, ended_by TEXT
);
CREATE INDEX assignment_of_case ON assignment (case_key, key);
CREATE TABLE snooze (
    key {key}, case_key BIGINT NOT NULL, until BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL, ended_at BIGINT
);
CREATE INDEX snooze_of_case ON snooze (case_key, key);
CREATE TABLE closure (
    key {key}, id {bytes} NOT NULL UNIQUE, case_key BIGINT NOT NULL, how TEXT NOT NULL, evidence TEXT, reference TEXT,
    attachment_key BIGINT, made_by TEXT NOT NULL, made_at BIGINT NOT NULL, undone_at BIGINT, undone_by TEXT
);
CREATE INDEX closure_of_case ON closure (case_key, key);
CREATE TABLE cause (
    key {key}, id {bytes} NOT NULL UNIQUE, brand_key BIGINT NOT NULL, top TEXT NOT NULL, code TEXT NOT NULL,
    name_fr TEXT NOT NULL, name_en TEXT NOT NULL, owner_key BIGINT, archived_at BIGINT, UNIQUE (brand_key, top, code)
);
CREATE TABLE case_cause (
    key {key}, case_key BIGINT NOT NULL, cause_key BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
    undone_at BIGINT, undone_by TEXT
);
CREATE INDEX case_cause_of_case ON case_cause (case_key, key);
CREATE TABLE promise (
    key {key}, id {bytes} NOT NULL UNIQUE, case_key BIGINT NOT NULL, message_key BIGINT, text TEXT NOT NULL, due_at BIGINT NOT NULL,
    made_by TEXT NOT NULL, made_at BIGINT NOT NULL, outcome TEXT, judged_at BIGINT, judged_by TEXT
);
CREATE INDEX promise_of_case ON promise (case_key, key);
CREATE INDEX promise_due ON promise (due_at) WHERE outcome IS NULL;
CREATE TABLE answer_card (
    key {key}, id {bytes} NOT NULL UNIQUE, brand_key BIGINT NOT NULL, title TEXT NOT NULL, text_fr TEXT NOT NULL,
    text_en TEXT NOT NULL, owner_key BIGINT NOT NULL, expires_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, archived_at BIGINT
);
CREATE TABLE outbox (
    key {key}, id {bytes} NOT NULL UNIQUE, case_key BIGINT NOT NULL, message_key BIGINT NOT NULL, source_key BIGINT NOT NULL,
    state TEXT NOT NULL, not_before BIGINT NOT NULL, attempts BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
    settled_at BIGINT, receipt BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (state, not_before);
CREATE INDEX outbox_of_case ON outbox (case_key, key);
CREATE TABLE delivery (
    key {key}, outbox_key BIGINT NOT NULL REFERENCES outbox (key), at BIGINT NOT NULL, status BIGINT, error TEXT,
    milliseconds BIGINT NOT NULL
);
CREATE INDEX delivery_of_outbox ON delivery (outbox_key, key);
CREATE TABLE move (
    key {key}, id {bytes} NOT NULL UNIQUE, kind TEXT NOT NULL, from_key BIGINT NOT NULL, to_key BIGINT NOT NULL,
    messages TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL, undone_at BIGINT, undone_by TEXT
);
CREATE INDEX move_from ON move (from_key);
CREATE INDEX move_to ON move (to_key);
CREATE TABLE private_link (
    token_hash {bytes} NOT NULL PRIMARY KEY, conversation_key BIGINT NOT NULL, made_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
);
CREATE TABLE report (
    message_key BIGINT NOT NULL PRIMARY KEY, person_key BIGINT NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX report_of_person ON report (person_key, message_key);
CREATE TABLE tally (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL);
