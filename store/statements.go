package store

import (
	"fmt"
	"strings"
)

// statements are the SQL of one table. A list and its page enclose further conditions.
type statements struct {
	list, listPage                  string
	listAll, listAllPage            string
	get, count                      string
	insert, update, delete, version string
	lastID, setLastID, probe        string
}

// newStatements returns the SQL of a table: $1 of an update is the identifier, and its mutable columns follow.
// forUpdate makes a SELECT lock the rows that it finds. Names are quoted, because they may be words of SQL.
func newStatements(table string, all, mutable columns, forUpdate string) statements {
	text := strings.NewReplacer(
		"'{table}'", "'"+table+"'",
		"{table}", `"`+table+`"`,
		"{columns}", all.join(`"%[2]s"`, 1),
		"{values}", all.join("$%[1]d", 1),
		"{assignments}", mutable.join(`"%[2]s" = $%[1]d`, 2),
		"{owned}", "issuer = $1 AND subject = $2 AND client = $3",
		"{for update}", forUpdate,
	).Replace
	return statements{
		list:        text(`SELECT {columns} FROM {table} WHERE {owned} AND id > $4`),
		listPage:    ` ORDER BY id LIMIT $5`,
		listAll:     text(`SELECT {columns} FROM {table} WHERE id > $1`),
		listAllPage: ` ORDER BY id LIMIT $2`,
		get:         text(`SELECT {columns} FROM {table} WHERE id = $1`),
		count:       text(`SELECT count(*) FROM {table} WHERE {owned}`),
		version:     text(`SELECT version FROM {table} WHERE id = $1{for update}`),
		insert:      text(`INSERT INTO {table} ({columns}) VALUES ({values})`),
		update:      text(`UPDATE {table} SET {assignments} WHERE id = $1`),
		delete:      text(`DELETE FROM {table} WHERE id = $1`),
		lastID:      text(`SELECT id FROM last_ids WHERE name = '{table}'{for update}`),
		probe:       text(`SELECT count(*) FROM (SELECT {columns} FROM {table} LIMIT 0) AS none`),
		setLastID:   text(`UPDATE last_ids SET id = $1 WHERE name = '{table}'`),
	}
}

// and returns the SQL of conditions, and the arguments of a query with their values. decimal is the form in which
// a database compares decimals.
func and(decimal string, where []Condition, args []any) (text string, all []any) {
	var b strings.Builder
	for _, c := range where {
		args = append(args, c.value)
		column, value := `"`+c.column+`"`, fmt.Sprintf("$%d", len(args))
		if c.decimal {
			column, value = fmt.Sprintf(decimal, column), fmt.Sprintf(decimal, value)
		}
		fmt.Fprintf(&b, " AND %s %s %s", column, c.operator, value)
	}
	return b.String(), args
}
