-- A file of the past, taken in; and which messages it made (revision 1) or changed.
CREATE TABLE import (
    key {key}, id {bytes} NOT NULL UNIQUE, source_key BIGINT NOT NULL REFERENCES source (key), kind TEXT NOT NULL,
    name TEXT NOT NULL, mapping TEXT NOT NULL, state TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
    ended_at BIGINT, undone_at BIGINT, seen BIGINT NOT NULL, created BIGINT NOT NULL, updated BIGINT NOT NULL,
    unchanged BIGINT NOT NULL, refused BIGINT NOT NULL, problem TEXT
);
CREATE TABLE imported (
    import_key BIGINT NOT NULL REFERENCES import (key), message_key BIGINT NOT NULL, revision BIGINT NOT NULL,
    PRIMARY KEY (import_key, message_key, revision)
);
CREATE INDEX imported_message ON imported (message_key);
ALTER TABLE refused ADD COLUMN import_key BIGINT;
CREATE INDEX refused_of_import ON refused (import_key, key) WHERE import_key IS NOT NULL;
