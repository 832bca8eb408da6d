-- A question put to a colleague who needs no account. The link is signed: nothing of it is kept.
CREATE TABLE question (
    key {key}, id {bytes} NOT NULL UNIQUE, case_key BIGINT NOT NULL REFERENCES cases (key),
    asked_by BIGINT NOT NULL REFERENCES person (key), to_email TEXT, to_name TEXT NOT NULL, lang TEXT NOT NULL,
    text TEXT NOT NULL, show_contact BIGINT NOT NULL, address TEXT NOT NULL, made_at BIGINT NOT NULL,
    remind_at BIGINT, expires_at BIGINT NOT NULL, answer TEXT, files TEXT NOT NULL, answered_at BIGINT, amended_at BIGINT,
    ended TEXT, ended_at BIGINT, thanks TEXT, thanked_at BIGINT
);
CREATE INDEX question_of_case ON question (case_key, key);
CREATE INDEX question_waiting ON question (expires_at) WHERE answered_at IS NULL AND ended IS NULL;
CREATE INDEX question_to ON question (to_email, key);
-- Mails of the house to colleagues; their words are wiped once they left.
CREATE TABLE letter (
    key {key}, source_key BIGINT NOT NULL REFERENCES source (key), to_email TEXT NOT NULL, to_name TEXT NOT NULL,
    lang TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL,
    not_before BIGINT NOT NULL, made_at BIGINT NOT NULL
);
CREATE INDEX letter_due ON letter (state, not_before);
-- Who knows what: told by the directory or by colleagues themselves; no seat, no password.
CREATE TABLE colleague (
    key {key}, id {bytes} NOT NULL UNIQUE, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, shop TEXT NOT NULL,
    topics TEXT NOT NULL, langs TEXT NOT NULL, hours TEXT NOT NULL, declared_at BIGINT, updated_at BIGINT NOT NULL,
    left_at BIGINT
);
