package store

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Filter is a parameter by which a list can be restricted. Filters follow from the columns that callers write:
// NAME for a boolean, a text that is one of several (oneof), and a reference; NAME_from and NAME_to, which are
// both in the range, for a number, a date and a time.
type Filter struct {
	Name string

	column   string
	operator string
	parse    func(text string) (any, error)
	decimal  bool
}

// A Condition is what the rows of a list must meet.
type Condition struct {
	column, operator string
	value            any
	decimal          bool
}

// Condition returns the condition for a value as it is in a query. The error says in a sentence what a value
// must be.
func (f Filter) Condition(text string) (Condition, error) {
	value, err := f.parse(text)
	return Condition{f.column, f.operator, value, f.decimal}, err
}

// Equal returns the condition that a column has a value.
func Equal(column string, value any) Condition {
	return Condition{column: column, operator: "=", value: value}
}

// newFilters returns the filters of a column.
func (c column) newFilters(field reflect.StructField) []Filter {
	parse, ranged := c.parser(field)
	if parse == nil {
		return nil
	}
	if !ranged {
		return []Filter{{c.member, c.name, "=", parse, false}}
	}
	_, decimal := ruleOf(field, "decimal")
	return []Filter{{c.member + "_from", c.name, ">=", parse, decimal}, {c.member + "_to", c.name, "<=", parse, decimal}}
}

// parser returns what reads a value of the column from a query, or nil for a column without filters, and whether
// values have an order.
func (c column) parser(field reflect.StructField) (parse func(string) (any, error), ranged bool) {
	t := field.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	choices, chosen := ruleOf(field, "oneof")
	switch {
	case t == reflect.TypeFor[time.Time]():
		return parseTime, true
	case t == reflect.TypeFor[Date]():
		return func(text string) (any, error) { return ParseDate(text) }, true
	case t == reflect.TypeFor[Decimal]():
		precision, _ := ruleOf(field, "decimal")
		return decimalParser(precision, c.scale), true
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64:
		return parseInt, true
	case t.Kind() == reflect.Float64:
		return parseFloat, true
	case t.Kind() == reflect.Bool:
		return parseBool, false
	case t.Kind() == reflect.String && c.refers != "":
		return parseID, false
	case t.Kind() == reflect.String && chosen:
		return choiceParser(strings.Fields(choices)), false
	}
	return nil, false
}

func parseInt(text string) (any, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, errors.New("must be a whole number")
	}
	return n, nil
}

func parseFloat(text string) (any, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return nil, errors.New("must be a number")
	}
	return x, nil
}

func parseBool(text string) (any, error) {
	if text != "true" && text != "false" {
		return nil, errors.New("must be true or false")
	}
	return text == "true", nil
}

func parseID(text string) (any, error) {
	id, err := canonicalID(text)
	if err != nil {
		return nil, errors.New("must be an id")
	}
	return id, nil
}

func parseTime(text string) (any, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || unstorable(&t) != "" {
		return nil, errors.New("must be a time such as 2026-11-23T09:00:00Z")
	}
	return t.UTC().Truncate(time.Microsecond), nil
}

func decimalParser(precision string, scale int) func(string) (any, error) {
	return func(text string) (any, error) {
		var d Decimal
		if err := d.UnmarshalText([]byte(text)); err != nil {
			return nil, err
		}
		if !d.Fits(precision) {
			return nil, fmt.Errorf("must have fewer digits, and at most %d after the point", scale)
		}
		return d.withScale(scale), nil
	}
}

func choiceParser(choices []string) func(string) (any, error) {
	return func(text string) (any, error) {
		if !slices.Contains(choices, text) {
			return nil, fmt.Errorf("must be one of %s", strings.Join(choices, ", "))
		}
		return text, nil
	}
}
