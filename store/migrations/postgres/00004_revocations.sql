-- +goose Up
CREATE TABLE revocations (
	id             uuid        PRIMARY KEY,
	kind           text        NOT NULL,
	token_issuer   text        NOT NULL,
	value          text        NOT NULL,
	revoked_before timestamptz NOT NULL,
	expires_at     timestamptz NOT NULL,
	created_at     timestamptz NOT NULL,
	updated_at     timestamptz NOT NULL,
	version        bigint      NOT NULL,
	issuer         text        NOT NULL, -- who revoked: issuer, subject, client
	subject        text        NOT NULL,
	client         boolean     NOT NULL
);
CREATE INDEX revocations_expired ON revocations (expires_at);
CREATE UNIQUE INDEX revocations_logout ON revocations (token_issuer, value) WHERE kind = 'logout';
INSERT INTO last_ids (name, id) VALUES ('revocations', '00000000-0000-0000-0000-000000000000');

-- +goose Down
DELETE FROM last_ids WHERE name = 'revocations';
DROP TABLE revocations;
