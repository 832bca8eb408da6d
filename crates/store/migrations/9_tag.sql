-- Tags: a person's marks on cases. `folded` is the name without case and accents: two spellings are one tag.
CREATE TABLE tag (
    key {key}, id {bytes} NOT NULL UNIQUE, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE,
    made_by TEXT NOT NULL, made_at BIGINT NOT NULL, archived_at BIGINT
);
CREATE TABLE case_tag (
    key {key}, case_key BIGINT NOT NULL, tag_key BIGINT NOT NULL REFERENCES tag (key), made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
    undone_at BIGINT, undone_by TEXT
);
CREATE UNIQUE INDEX case_tag_standing ON case_tag (case_key, tag_key) WHERE undone_at IS NULL;
CREATE INDEX case_tag_of_case ON case_tag (case_key, key);
CREATE INDEX case_tag_of_tag ON case_tag (tag_key, case_key) WHERE undone_at IS NULL;
-- Searches people keep; of one person, or shown to all.
CREATE TABLE saved_search (
    key {key}, id {bytes} NOT NULL UNIQUE, person_key BIGINT NOT NULL REFERENCES person (key), name TEXT NOT NULL, query TEXT NOT NULL,
    noun TEXT NOT NULL, sorting TEXT NOT NULL, shared BIGINT NOT NULL, made_at BIGINT NOT NULL
);
CREATE INDEX saved_search_of_person ON saved_search (person_key, key);
