-- +goose Up
CREATE TABLE api_keys (
	id             uuid        PRIMARY KEY,
	name           text        NOT NULL,
	scopes         text        NOT NULL,
	hash           text        NOT NULL, -- SHA-256 of the secret
	previous_hash  text,             -- of the secret before the last rotation, which works until previous_until
	previous_until timestamptz,
	expires_at     timestamptz NOT NULL,
	revoked_at     timestamptz,
	last_used_at   timestamptz,
	created_at     timestamptz NOT NULL,
	updated_at     timestamptz NOT NULL,
	version        bigint      NOT NULL,
	issuer         text        NOT NULL, -- the owner: issuer, subject, client
	subject        text        NOT NULL,
	client         boolean     NOT NULL
);
CREATE INDEX api_keys_of_owner ON api_keys (issuer, subject, client, id);
CREATE INDEX api_keys_by_expiry ON api_keys (expires_at);
INSERT INTO last_ids (name, id) VALUES ('api_keys', '00000000-0000-0000-0000-000000000000');

-- +goose Down
DELETE FROM last_ids WHERE name = 'api_keys';
DROP TABLE api_keys;
