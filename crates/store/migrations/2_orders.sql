-- An order belongs to its buyer as told; whose customer that author is can change, and the order follows.
CREATE TABLE orders (
    key {key}, id {bytes} NOT NULL UNIQUE, brand_key BIGINT NOT NULL REFERENCES brand (key),
    source_key BIGINT NOT NULL REFERENCES source (key), number TEXT NOT NULL, placed_at BIGINT NOT NULL, status TEXT NOT NULL,
    total BIGINT NOT NULL, currency TEXT NOT NULL, shop TEXT, author_key BIGINT NOT NULL REFERENCES author (key),
    UNIQUE (brand_key, number)
);
CREATE INDEX orders_of_author ON orders (author_key, placed_at);
