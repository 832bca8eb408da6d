-- Messages an import's messages answer that were not in its files.
ALTER TABLE import ADD COLUMN missing_parents BIGINT NOT NULL DEFAULT 0;
