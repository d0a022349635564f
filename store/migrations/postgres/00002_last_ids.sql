-- +goose Up
-- The last identifier of each table. A transaction that creates a row locks the row of its table here.
CREATE TABLE last_ids (
	name text PRIMARY KEY,
	id   uuid NOT NULL
);
INSERT INTO last_ids (name, id) SELECT 'items', id FROM last_item;
DROP TABLE last_item;

-- +goose Down
CREATE TABLE last_item (
	id uuid NOT NULL
);
INSERT INTO last_item (id) SELECT id FROM last_ids WHERE name = 'items';
DROP TABLE last_ids;
