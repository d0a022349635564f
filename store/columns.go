package store

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// A column is a field of a row with a db tag, which names it in the database.
type column struct {
	name  string
	index []int // of the field, as [reflect.Value.FieldByIndex] takes it
}

// columns are those of one type of row.
type columns []column

// columnsOf returns the columns of a type, those of structs within it included.
func columnsOf[R any]() columns {
	return collect(reflect.TypeFor[R](), nil)
}

func collect(t reflect.Type, path []int) (all columns) {
	for i := range t.NumField() {
		field := t.Field(i)
		index := append(slices.Clone(path), i)
		if name := field.Tag.Get("db"); name != "" {
			all = append(all, column{name, index})
		} else if field.Type.Kind() == reflect.Struct {
			all = append(all, collect(field.Type, index)...)
		}
	}
	return all
}

// without returns the columns but for those with the names.
func (c columns) without(names ...string) columns {
	return slices.DeleteFunc(slices.Clone(c), func(one column) bool { return slices.Contains(names, one.name) })
}

// names returns the names as a SELECT and an INSERT have them.
func (c columns) names() string {
	return c.join(func(_ int, name string) string { return name })
}

// placeholders returns a parameter for each column: $1, $2.
func (c columns) placeholders() string {
	return c.join(func(i int, _ string) string { return fmt.Sprintf("$%d", i+1) })
}

// assignments returns what an UPDATE sets. $1 is left for its condition: name = $2, description = $3.
func (c columns) assignments() string {
	return c.join(func(i int, name string) string { return fmt.Sprintf("%s = $%d", name, i+2) })
}

func (c columns) join(write func(i int, name string) string) string {
	list := make([]string, len(c))
	for i, one := range c {
		list[i] = write(i, one.name)
	}
	return strings.Join(list, ", ")
}

// values returns what the columns hold of a row, which is a pointer to a struct.
func (c columns) values(row any) []any {
	v, list := reflect.ValueOf(row).Elem(), make([]any, len(c))
	for i, one := range c {
		list[i] = v.FieldByIndex(one.index).Interface()
	}
	return list
}

// pointers returns where a query puts the columns of a row.
func (c columns) pointers(row any) []any {
	v, list := reflect.ValueOf(row).Elem(), make([]any, len(c))
	for i, one := range c {
		list[i] = v.FieldByIndex(one.index).Addr().Interface()
	}
	return list
}
