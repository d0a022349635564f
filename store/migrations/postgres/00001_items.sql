-- +goose Up
CREATE TABLE "items" (
	id          uuid        PRIMARY KEY,
	name        text        NOT NULL,
	description text        NOT NULL,
	created_at  timestamptz NOT NULL,
	updated_at  timestamptz NOT NULL,
	version     bigint      NOT NULL,
	issuer      text        NOT NULL, -- the owner: issuer, subject, client
	subject     text        NOT NULL,
	client      boolean     NOT NULL
);
CREATE INDEX items_of_owner ON "items" (issuer, subject, client, id);

-- The last identifier. A transaction that creates an item locks its one row.
CREATE TABLE last_item (
	id uuid NOT NULL
);
INSERT INTO last_item (id) VALUES ('00000000-0000-0000-0000-000000000000');

-- +goose Down
DROP TABLE last_item;
DROP TABLE "items";
