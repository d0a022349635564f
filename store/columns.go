package store

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/problem"
)

// A column is a field of a row with a db tag, which is its name in the database. What is known of it is read from
// the field once, when its table is made.
type column struct {
	name    string
	member  string // its name in JSON
	index   []int  // of the field, see [reflect.Value.FieldByIndex]
	scale   int    // digits of a [Decimal] after the point
	refers  string // the table whose row it identifies; empty for none
	filters []Filter
}

type columns []column

// columnsOf returns the columns of a type, including those of the structs in it.
func columnsOf(t reflect.Type) (all columns) {
	for i := range t.NumField() {
		field := t.Field(i)
		if name := field.Tag.Get("db"); name != "" {
			all = append(all, newColumn(name, field))
		} else if field.Type.Kind() == reflect.Struct {
			for _, inner := range columnsOf(field.Type) {
				inner.index = slices.Concat(field.Index, inner.index)
				all = append(all, inner)
			}
		}
	}
	return all
}

func newColumn(name string, field reflect.StructField) column {
	member, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	c := column{name: name, member: cmp.Or(member, field.Name), index: field.Index, refers: field.Tag.Get("ref")}
	if precision, ok := ruleOf(field, "decimal"); ok {
		_, c.scale, _ = parsePrecision(precision)
	}
	if member != "" && member != "-" && field.Tag.Get("readonly") == "" {
		c.filters = c.newFilters(field)
	}
	return c
}

// ruleOf returns the parameter of a rule in the binding tag of a field.
func ruleOf(field reflect.StructField, name string) (parameter string, ok bool) {
	for rule := range strings.SplitSeq(field.Tag.Get("binding"), ",") {
		if parameter, ok := strings.CutPrefix(rule, name+"="); ok {
			return parameter, true
		}
	}
	return "", false
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
		switch {
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() != reflect.Uint8:
			fields[i] = list{field}
		case field.Type() == reflect.TypeFor[Version]():
			fields[i] = (*int64)(field.Addr().Interface().(*Version)) // which database/sql fills without reflection
		default:
			fields[i] = field.Addr().Interface()
		}
	}
	return fields
}

// check reports what no database stores, or what could not be written as JSON again.
func (c columns) check(row any) error {
	var wrong []problem.FieldError
	for i, field := range c.bind(row) {
		if message := unstorable(field); message != "" {
			wrong = append(wrong, problem.FieldError{Pointer: "/" + c[i].member, Message: message})
		}
	}
	return invalid(wrong)
}

// invalid returns the error of a row with these mistakes, or nil if there are none.
func invalid(wrong []problem.FieldError) error {
	if wrong == nil {
		return nil
	}
	return &problem.InputError{Type: problem.ValidationFailed, Errors: wrong}
}

// unstorable returns what is wrong with a bound field: the character U+0000, which PostgreSQL cannot store, or a
// year that RFC 3339 cannot write.
func unstorable(field any) string {
	switch f := field.(type) {
	case *string:
		if strings.ContainsRune(*f, 0) {
			return "must not have the character U+0000"
		}
	case **string:
		if *f != nil {
			return unstorable(*f)
		}
	case *time.Time:
		if year := f.UTC().Year(); year < 1 || year > 9999 {
			return "must be in a year from 1 to 9999"
		}
	case **time.Time:
		if *f != nil {
			return unstorable(*f)
		}
	}
	return ""
}

// normalize gives bound fields the form that both databases store and JSON documents promise: times in UTC
// with a precision of microseconds, decimals with all their digits, and no list is nil.
func (c columns) normalize(fields []any) {
	for i, field := range fields {
		switch f := field.(type) {
		case *time.Time:
			*f = f.UTC().Truncate(time.Microsecond)
		case **time.Time:
			if *f != nil {
				t := (*f).UTC().Truncate(time.Microsecond)
				*f = &t
			}
		case *Decimal:
			*f = f.withScale(c[i].scale)
		case **Decimal:
			if *f != nil {
				d := (*f).withScale(c[i].scale)
				*f = &d
			}
		case list:
			if f.slice.IsNil() {
				f.slice.Set(reflect.MakeSlice(f.slice.Type(), 0, 0))
			}
		}
	}
}
