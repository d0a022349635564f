package main

import (
	"fmt"
	"strings"
	"time"
)

// A dialect is the types of a kind of database, by those of fields.
type dialect map[string]string

var dialects = map[string]dialect{
	"sqlite": {
		"string": "TEXT", "text": "TEXT", "enum": "TEXT", "bool": "BOOLEAN", "int": "INTEGER", "float": "REAL", "decimal": "TEXT",
		"date": "DATE", "time": "TIMESTAMP", "[]string": "TEXT", "[]int": "TEXT", "ref": "TEXT",
	},
	"postgres": {
		"string": "text", "text": "text", "enum": "text", "bool": "boolean", "int": "bigint", "float": "double precision", "decimal": "numeric(%s, %s)",
		"date": "date", "time": "timestamptz", "[]string": "text", "[]int": "text", "ref": "uuid",
	},
}

// definition returns the column of a field. A parent takes its rows with it.
func (d dialect) definition(f field, isParent bool) string {
	typ := d[f.kind]
	if strings.Contains(typ, "%") {
		typ = fmt.Sprintf(typ, f.args[0], f.args[1])
	}
	text := fmt.Sprintf("%q %s", f.column(), typ)
	if !f.optional || f.isList() {
		text += " NOT NULL"
	}
	if f.refers != "" {
		text += fmt.Sprintf(" REFERENCES %q (id)", f.refers)
	}
	if isParent {
		text += " ON DELETE CASCADE"
	}
	return text
}

// added is definition for a table that may have rows, which get a value.
func (d dialect) added(f field) string {
	text := d.definition(f, false)
	if f.optional && !f.isList() {
		return text
	}
	return text + " DEFAULT " + f.initial()
}

// initial returns the value that existing rows get for a new column.
func (f field) initial() string {
	value := f.def
	if !f.hasDef {
		value = map[string]string{
			"string": "", "text": "", "bool": "false", "int": "0", "float": "0", "date": "1970-01-01", "time": "1970-01-01T00:00:00Z",
			"[]string": "[]", "[]int": "[]",
		}[f.kind]
		switch f.kind {
		case "enum":
			value = f.args[0]
		case "decimal":
			_, scale := f.digits()
			value = strings.TrimSuffix("0."+strings.Repeat("0", scale), ".")
		case "int", "float":
			if f.min != "" {
				value = f.min
			}
		}
	}
	switch f.kind {
	case "bool", "int", "float":
		return value
	case "time":
		value = sqlTime(value)
	}
	return "'" + strings.ReplaceAll(value, "'", "''") + "'"
}

// sqlTime returns a time as both kinds of SQL write it.
func sqlTime(text string) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return t.UTC().Format("2006-01-02 15:04:05.999999999-07:00")
}

// align puts the types of columns below each other.
func align(columns []string) []string {
	width, aligned := 0, make([]string, len(columns))
	for _, column := range columns {
		width = max(width, strings.Index(column, " "))
	}
	for i, column := range columns {
		name, rest, _ := strings.Cut(column, " ")
		aligned[i] = fmt.Sprintf("%-*s %s", width, name, rest)
	}
	return aligned
}
