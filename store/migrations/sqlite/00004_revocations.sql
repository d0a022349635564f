-- +goose Up
CREATE TABLE revocations (
	id             TEXT      NOT NULL PRIMARY KEY,
	kind           TEXT      NOT NULL,
	token_issuer   TEXT      NOT NULL,
	value          TEXT      NOT NULL,
	revoked_before TIMESTAMP NOT NULL,
	expires_at     TIMESTAMP NOT NULL,
	created_at     TIMESTAMP NOT NULL,
	updated_at     TIMESTAMP NOT NULL,
	version        INTEGER   NOT NULL,
	issuer         TEXT      NOT NULL, -- who revoked: issuer, subject, client
	subject        TEXT      NOT NULL,
	client         BOOLEAN   NOT NULL
);
CREATE INDEX revocations_expired ON revocations (expires_at);
CREATE UNIQUE INDEX revocations_logout ON revocations (token_issuer, value) WHERE kind = 'logout';
INSERT INTO last_ids (name, id) VALUES ('revocations', '00000000-0000-0000-0000-000000000000');

-- +goose Down
DELETE FROM last_ids WHERE name = 'revocations';
DROP TABLE revocations;
