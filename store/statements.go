package store

import "strings"

// statements are the SQL of one table.
type statements struct {
	list, listAll, get, count       string
	insert, update, delete, version string
	lastID, setLastID, probe        string
}

// newStatements returns the SQL of a table: $1 of an update is the identifier, and its mutable columns follow.
// forUpdate makes a SELECT lock the rows that it finds.
func newStatements(table string, all, mutable columns, forUpdate string) statements {
	text := strings.NewReplacer(
		"{table}", table,
		"{columns}", all.join("%[2]s", 1),
		"{values}", all.join("$%[1]d", 1),
		"{assignments}", mutable.join("%[2]s = $%[1]d", 2),
		"{owned}", "issuer = $1 AND subject = $2 AND client = $3",
		"{for update}", forUpdate,
	).Replace
	return statements{
		list:      text(`SELECT {columns} FROM {table} WHERE {owned} AND id > $4 ORDER BY id LIMIT $5`),
		listAll:   text(`SELECT {columns} FROM {table} WHERE id > $1 ORDER BY id LIMIT $2`),
		get:       text(`SELECT {columns} FROM {table} WHERE id = $1`),
		count:     text(`SELECT count(*) FROM {table} WHERE {owned}`),
		version:   text(`SELECT version FROM {table} WHERE id = $1{for update}`),
		insert:    text(`INSERT INTO {table} ({columns}) VALUES ({values})`),
		update:    text(`UPDATE {table} SET {assignments} WHERE id = $1`),
		delete:    text(`DELETE FROM {table} WHERE id = $1`),
		lastID:    text(`SELECT id FROM last_ids WHERE name = '{table}'{for update}`),
		probe:     text(`SELECT count(*) FROM (SELECT {columns} FROM {table} LIMIT 0) AS none`),
		setLastID: text(`UPDATE last_ids SET id = $1 WHERE name = '{table}'`),
	}
}
