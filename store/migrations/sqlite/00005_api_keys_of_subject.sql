-- +goose Up
-- For the keys of a subject of any issuer.
CREATE INDEX api_keys_of_subject ON api_keys (subject);

-- +goose Down
DROP INDEX api_keys_of_subject;
