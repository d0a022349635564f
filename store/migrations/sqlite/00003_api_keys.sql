-- +goose Up
CREATE TABLE api_keys (
	id             TEXT      NOT NULL PRIMARY KEY,
	name           TEXT      NOT NULL,
	scopes         TEXT      NOT NULL,
	hash           TEXT      NOT NULL, -- SHA-256 of the secret
	previous_hash  TEXT,               -- of the secret before the last rotation, which works until previous_until
	previous_until TIMESTAMP,
	expires_at     TIMESTAMP NOT NULL,
	revoked_at     TIMESTAMP,
	last_used_at   TIMESTAMP,
	created_at     TIMESTAMP NOT NULL,
	updated_at     TIMESTAMP NOT NULL,
	version        INTEGER   NOT NULL,
	issuer         TEXT      NOT NULL, -- the owner: issuer, subject, client
	subject        TEXT      NOT NULL,
	client         BOOLEAN   NOT NULL
);
CREATE INDEX api_keys_of_owner ON api_keys (issuer, subject, client, id);
CREATE INDEX api_keys_by_expiry ON api_keys (expires_at);
INSERT INTO last_ids (name, id) VALUES ('api_keys', '00000000-0000-0000-0000-000000000000');

-- +goose Down
DELETE FROM last_ids WHERE name = 'api_keys';
DROP TABLE api_keys;
