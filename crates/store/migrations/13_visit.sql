-- Visits of people who said who they are and agreed to be remembered; whose customer that author is can change.
CREATE TABLE visit (
    key {key}, source_key BIGINT NOT NULL REFERENCES source (key), external_id TEXT NOT NULL, at BIGINT NOT NULL, place TEXT,
    author_key BIGINT NOT NULL REFERENCES author (key),
    UNIQUE (source_key, external_id)
);
CREATE INDEX visit_of_author ON visit (author_key, at);
