-- +goose Up
CREATE TABLE "items" (
	id          TEXT      NOT NULL PRIMARY KEY,
	name        TEXT      NOT NULL,
	description TEXT      NOT NULL,
	created_at  TIMESTAMP NOT NULL,
	updated_at  TIMESTAMP NOT NULL,
	version     INTEGER   NOT NULL,
	issuer      TEXT      NOT NULL, -- the owner: issuer, subject, client
	subject     TEXT      NOT NULL,
	client      BOOLEAN   NOT NULL
);
CREATE INDEX items_of_owner ON "items" (issuer, subject, client, id);

-- The last identifier.
CREATE TABLE last_item (
	id TEXT NOT NULL
);
INSERT INTO last_item (id) VALUES ('00000000-0000-0000-0000-000000000000');

-- +goose Down
DROP TABLE last_item;
DROP TABLE "items";
