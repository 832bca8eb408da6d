-- Programs that are told every fact they asked for, in order; `seen` is the last one they took.
CREATE TABLE webhook (
    key {key}, id {bytes} NOT NULL UNIQUE, name TEXT NOT NULL, url TEXT NOT NULL, secret TEXT NOT NULL, acts TEXT NOT NULL,
    seen BIGINT NOT NULL, attempts BIGINT NOT NULL DEFAULT 0, next_at BIGINT NOT NULL, last_error TEXT,
    made_by TEXT NOT NULL, created_at BIGINT NOT NULL, paused_at BIGINT
);
CREATE TABLE webhook_delivery (
    key {key}, webhook_key BIGINT NOT NULL REFERENCES webhook (key), fact BIGINT NOT NULL, at BIGINT NOT NULL, status BIGINT, error TEXT,
    milliseconds BIGINT NOT NULL
);
CREATE INDEX delivery_of_webhook ON webhook_delivery (webhook_key, key);
