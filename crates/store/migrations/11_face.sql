-- The house's own rules of triage: the first, by place, whose query a customer's message matches says what becomes of its case.
CREATE TABLE rule (
    key {key}, id {bytes} NOT NULL UNIQUE, place BIGINT NOT NULL, query TEXT NOT NULL, customer_key BIGINT REFERENCES customer (key),
    step BIGINT NOT NULL, tag_key BIGINT REFERENCES tag (key), owner_key BIGINT REFERENCES person (key),
    made_by TEXT NOT NULL, made_at BIGINT NOT NULL, paused_at BIGINT, removed_at BIGINT
);
CREATE INDEX rule_of_customer ON rule (customer_key) WHERE customer_key IS NOT NULL;
-- What the deciding rule says of a case: its step, and which rule it is.
ALTER TABLE cases ADD COLUMN ruled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN rule_key BIGINT;
CREATE INDEX case_of_rule ON cases (rule_key) WHERE rule_key IS NOT NULL;
-- How far each person has read each case: the number of the fact of the last words they saw.
CREATE TABLE seen (
    person_key BIGINT NOT NULL REFERENCES person (key), case_key BIGINT NOT NULL, stamp BIGINT NOT NULL,
    PRIMARY KEY (person_key, case_key)
);
CREATE INDEX seen_of_case ON seen (case_key);
-- Views people keep: an address of the inbox under a name; of one person, or shown to all.
CREATE TABLE saved_view (
    key {key}, id {bytes} NOT NULL UNIQUE, person_key BIGINT NOT NULL REFERENCES person (key), name TEXT NOT NULL, filters TEXT NOT NULL,
    shared BIGINT NOT NULL, made_at BIGINT NOT NULL
);
CREATE INDEX saved_view_of_person ON saved_view (person_key, key);
-- Acts on many cases at once, with what each was before: ids and codes, to undo the whole.
CREATE TABLE bulk (
    key {key}, id {bytes} NOT NULL UNIQUE, person_key BIGINT NOT NULL REFERENCES person (key), act TEXT NOT NULL, before TEXT NOT NULL,
    made_at BIGINT NOT NULL, undone_at BIGINT
);
-- How a customer wants to be written to, and whether at all.
CREATE TABLE preference (
    customer_key BIGINT NOT NULL PRIMARY KEY REFERENCES customer (key), channel TEXT, lang TEXT, silent BIGINT NOT NULL, made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
-- A week looked back at: what ended, what was promised and judged, which causes were named.
CREATE INDEX closure_made ON closure (made_at);
CREATE INDEX promise_judged ON promise (judged_at) WHERE judged_at IS NOT NULL;
CREATE INDEX case_cause_made ON case_cause (made_at);
