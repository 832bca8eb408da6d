-- Teams: people who answer together; with hours of their own, or those of the brand.
CREATE TABLE team (
    key {key}, id {bytes} NOT NULL UNIQUE, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE, hours TEXT, made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL, archived_at BIGINT
);
CREATE TABLE team_member (
    key {key}, team_key BIGINT NOT NULL REFERENCES team (key), person_key BIGINT NOT NULL REFERENCES person (key),
    UNIQUE (team_key, person_key)
);
CREATE INDEX team_of_person ON team_member (person_key);
-- The team a case is given to, and the one a rule gives it to.
ALTER TABLE cases ADD COLUMN team_key BIGINT;
CREATE INDEX case_team ON cases (team_key, rank, key) WHERE state = 'open' AND team_key IS NOT NULL;
CREATE INDEX case_team_unowned ON cases (team_key, rank, key) WHERE state = 'open' AND owner_key IS NULL AND team_key IS NOT NULL;
CREATE INDEX case_of_team ON cases (team_key, key) WHERE team_key IS NOT NULL;
ALTER TABLE rule ADD COLUMN team_key BIGINT;
