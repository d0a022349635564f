package store

import (
	"cmp"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/problem"
)

// A column is a field of a row with a db tag, which is its name in the database.
type column struct {
	name   string
	member string // its name in JSON
	index  []int  // of the field, see [reflect.Value.FieldByIndex]
}

type columns []column

// columnsOf returns the columns of a type, including those of the structs in it.
func columnsOf(t reflect.Type) (all columns) {
	for i := range t.NumField() {
		field := t.Field(i)
		if name := field.Tag.Get("db"); name != "" {
			member, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			all = append(all, column{name, cmp.Or(member, field.Name), field.Index})
		} else if field.Type.Kind() == reflect.Struct {
			for _, inner := range columnsOf(field.Type) {
				inner.index = slices.Concat(field.Index, inner.index)
				all = append(all, inner)
			}
		}
	}
	return all
}

// without returns the columns except those with the names.
func (c columns) without(names ...string) columns {
	return slices.DeleteFunc(slices.Clone(c), func(one column) bool { return slices.Contains(names, one.name) })
}

// join formats every column and puts commas between them. The arguments of the format are a number, which
// counts from first, and the name.
func (c columns) join(format string, first int) string {
	all := make([]string, len(c))
	for i, one := range c {
		all[i] = fmt.Sprintf(format, first+i, one.name)
	}
	return strings.Join(all, ", ")
}

// bind returns a pointer to each column of a row, which is a pointer to a struct. Queries scan into the
// pointers and take them as arguments, in any number: the pointers stay valid when the row changes.
func (c columns) bind(row any) []any {
	v, fields := reflect.ValueOf(row).Elem(), make([]any, len(c))
	for i, one := range c {
		field := v.FieldByIndex(one.index)
		if field.Kind() == reflect.Slice && field.Type().Elem().Kind() != reflect.Uint8 {
			fields[i] = list{field}
		} else {
			fields[i] = field.Addr().Interface()
		}
	}
	return fields
}

// check reports texts of a row with the character U+0000, which PostgreSQL cannot store.
func (c columns) check(row any) error {
	wrong := &problem.InputError{Type: problem.ValidationFailed}
	for i, field := range c.bind(row) {
		text, _ := field.(*string)
		if optional, ok := field.(**string); ok {
			text = *optional
		}
		if text != nil && strings.ContainsRune(*text, 0) {
			wrong.Errors = append(wrong.Errors, problem.FieldError{Pointer: "/" + c[i].member, Message: "must not have the character U+0000"})
		}
	}
	if wrong.Errors == nil {
		return nil
	}
	return wrong
}

// normalize gives bound fields the form that both databases store and JSON documents promise: times in UTC
// with a precision of microseconds, and no list is nil.
func normalize(fields []any) {
	for _, field := range fields {
		switch f := field.(type) {
		case *time.Time:
			*f = f.UTC().Truncate(time.Microsecond)
		case **time.Time:
			if *f != nil {
				t := (*f).UTC().Truncate(time.Microsecond)
				*f = &t
			}
		case list:
			if f.slice.IsNil() {
				f.slice.Set(reflect.MakeSlice(f.slice.Type(), 0, 0))
			}
		}
	}
}

// A list is a slice that a column stores as a JSON array.
type list struct{ slice reflect.Value }

// Value implements [driver.Valuer].
func (l list) Value() (driver.Value, error) {
	text, err := json.Marshal(l.slice.Interface())
	return string(text), err
}

// Scan implements [sql.Scanner].
func (l list) Scan(source any) error {
	var text sql.NullString
	if err := text.Scan(source); err != nil {
		return err
	}
	l.slice.SetZero() // json.Unmarshal would write into the array of the previous row
	if !text.Valid {
		return nil
	}
	return json.Unmarshal([]byte(text.String), l.slice.Addr().Interface())
}
