-- Customers and orders an import made (before is NULL) or changed, and how they were before.
CREATE TABLE imported_thing (
    import_key BIGINT NOT NULL REFERENCES import (key), noun TEXT NOT NULL, thing_key BIGINT NOT NULL, before TEXT,
    PRIMARY KEY (import_key, noun, thing_key)
);
CREATE INDEX imported_thing_of ON imported_thing (noun, thing_key);
