-- What somebody says of themselves is kept apart from what is proved. `claimed_as` names a customer whom nothing
-- proves yet by what they say (`email:…`); a claimed identifier proves nothing.
ALTER TABLE customer ADD COLUMN claimed_as TEXT;
CREATE INDEX customer_claimed ON customer (claimed_as) WHERE claimed_as IS NOT NULL;
ALTER TABLE identifier ADD COLUMN claimed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN claimed BIGINT NOT NULL DEFAULT 0;
-- A mail that asks the owner of an address whether it was them who wrote.
CREATE TABLE address_check (
    key {key}, token_hash {bytes} NOT NULL UNIQUE, author_key BIGINT NOT NULL REFERENCES author (key),
    asked_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, answered_at BIGINT, theirs BIGINT
);
CREATE INDEX address_check_of_author ON address_check (author_key, asked_at);
-- A mail of our own belongs to a list, or to none.
ALTER TABLE letter ADD COLUMN list TEXT;
UPDATE letter SET list = 'questions';
