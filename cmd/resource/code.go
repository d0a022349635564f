package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Go returns the name of the field in Go.
func (f field) Go() string { return camel(f.name) }

// Column returns the name of the column. Every table has some columns already.
func (f field) Column() string {
	if slices.Contains(columns, f.name) {
		return f.owner + "_" + f.name
	}
	return f.name
}

// Type returns the type in Go: a pointer for what may be null. A list is empty instead.
func (f field) Type() string {
	if f.Nullable() {
		return "*" + f.goType
	}
	return f.goType
}

// Nullable reports whether the column may be null.
func (f field) Nullable() bool { return f.optional && !f.isList() }

func (f field) usesTime() bool { return f.kindName == "time" }

func (f field) isList() bool { return strings.HasPrefix(f.kindName, "[]") }

// sql returns the type of the column in a kind of database.
func (f field) sql(database string) string {
	if database == "sqlite" {
		return f.sqlite
	}
	return f.postgres
}

// Tag returns the tag, which says everything about the field.
func (f field) Tag() string {
	tag := fmt.Sprintf(`db:%q json:%q`, f.Column(), f.name)
	if rules := f.rules(); rules != "omitnil" && rules != "" {
		tag += ` binding:"` + rules + `"`
	}
	if f.hasDef {
		tag += fmt.Sprintf(` default:%q`, f.def)
	}
	if f.Refers != "" {
		tag += fmt.Sprintf(` ref:%q`, f.Refers)
	}
	example := f.example
	if example != "" && f.isNumber() {
		example = cmp.Or(f.def, f.min, f.max, example)
	}
	if example != "" {
		tag += fmt.Sprintf(` example:%q`, example)
	}
	return "`" + tag + "`"
}

func (f field) isNumber() bool { return f.kindName == "int" || f.kindName == "float" }

// rules returns the rules of the binding tag. A list, a text that may be empty and what has a default are not required:
// the value that a body does not have is one like any other.
func (f field) rules() string {
	var rules []string
	mayBeEmpty := f.min == "0" && !f.isNumber()
	switch {
	case f.Nullable():
		rules = append(rules, "omitnil")
	case !f.isList() && !f.hasDef && !mayBeEmpty:
		rules = append(rules, "required")
	}
	if f.min != "" && !mayBeEmpty {
		rules = append(rules, "min="+f.min)
	}
	if f.max != "" {
		rules = append(rules, "max="+f.max)
	}
	if f.rule != "" {
		rules = append(rules, f.rule)
	}
	return strings.Join(rules, ",")
}

// Initial returns the value in SQL that existing rows get for a new column.
func (f field) Initial() string {
	value := f.initial
	if f.isNumber() {
		value = cmp.Or(f.min, value)
	}
	if f.hasDef {
		value = f.def
	}
	if f.isNumber() || f.kindName == "bool" {
		return value
	}
	if at, err := time.Parse(time.RFC3339, value); err == nil && f.usesTime() {
		value = at.Format("2006-01-02 15:04:05.999999999-07:00") // as both kinds of SQL write a time
	}
	return "'" + strings.ReplaceAll(value, "'", "''") + "'"
}
