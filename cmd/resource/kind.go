package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/gatehouse/cmd/internal/clone"
)

// A kind is what the type of a field is in the code and in each kind of database, and what else follows from it.
type kind struct {
	goType, sqlite, postgres string

	rule    string // of the binding tag
	example string // for the document; empty where the document has one in another way
	initial string // what rows get that exist when the field is added

	// read reads what is in the parentheses. It is nil where nothing may be.
	read func(f *field, args string, tableOf lookup) error
}

// A lookup returns the table of a resource.
type lookup = func(resource string) (table string, err error)

// noNUL is the rule of texts: PostgreSQL stores none with that character.
const noNUL = `excludesrune=\x00`

var kinds = map[string]kind{
	"string":   {"string", "TEXT", "text", noNUL, "", "", readLength},
	"text":     {"string", "TEXT", "text", noNUL, "", "", readLength},
	"enum":     {"string", "TEXT", "text", "", "", "", readChoices},
	"bool":     {"bool", "BOOLEAN", "boolean", "", "true", "false", nil},
	"int":      {"int", "INTEGER", "bigint", "", "3", "0", readBounds},
	"float":    {"float64", "REAL", "double precision", "", "1.5", "0", readBounds},
	"decimal":  {"Decimal", "TEXT", "numeric", "", "", "", readDigits},
	"date":     {"Date", "DATE", "date", "", "2026-11-23", "1970-01-01", nil},
	"time":     {"time.Time", "TIMESTAMP", "timestamptz", "", "2026-11-23T09:00:00Z", "1970-01-01T00:00:00Z", nil},
	"[]string": {"[]string", "TEXT", "text", "max=100,dive,min=1,max=100", "red,blue", "[]", nil},
	"[]int":    {"[]int", "TEXT", "text", "max=100", "1,2", "[]", nil},
	"ref":      {"string", "TEXT", "uuid", "", "", "", readTable},
}

const typesHelp = "NAME:TYPE for a required field, NAME:TYPE? for an optional one, NAME:TYPE=VALUE for one with a default. The types are " +
	"string(1..100), text, enum(a,b), bool, int(1..5), float, decimal(12,2), date, time, []string, []int and ref(resource)"

// lengths are how many characters texts have at most if their types do not say it.
var lengths = map[string]string{"string": "200", "text": "10000"}

// readLength reads the length of a text: 1..100, or 100 for at most so many characters.
func readLength(f *field, args string, tableOf lookup) error {
	least, most, isRange := strings.Cut(args, "..")
	if !isRange {
		least, most = "1", args
	}
	if most == "" {
		most = lengths[f.kindName]
	}
	if err := readBounds(f, least+".."+most, tableOf); err != nil {
		return err
	}
	shortest, _ := strconv.Atoi(f.min)
	longest, _ := strconv.Atoi(f.max)
	if shortest < 0 || longest < 1 || longest > 50_000 {
		return errors.New("a text has at most 1 to 50000 characters: string(1..100)")
	}
	text := clone.Title(words(f.name)) + strings.Repeat(" a", shortest/2)
	f.example = text[:min(len(text), longest)]
	return nil
}

var boundForm = regexp.MustCompile(`^(-?[0-9.]*?)\.\.(-?[0-9.]*)$`)

// readBounds reads the bounds of a number: 1..5, 1.. or ..5.
func readBounds(f *field, args string, _ lookup) error {
	if args == "" {
		return nil
	}
	m := boundForm.FindStringSubmatch(args)
	if m == nil || m[1]+m[2] == "" {
		return fmt.Errorf("%s(%s): bounds are written as in %s(1..5)", f.kindName, args, f.kindName)
	}
	for _, bound := range m[1:] {
		if _, err := f.number(bound); bound != "" && err != nil {
			return fmt.Errorf("%s(%s): %s is no number of this type", f.kindName, args, bound)
		}
	}
	f.min, f.max = m[1], m[2]
	if most, err := f.number(f.max); err == nil && !f.isWithin(most) {
		return fmt.Errorf("%s(%s): the first bound is the greater one", f.kindName, args)
	}
	return nil
}

var choiceForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,50}$`)

// readChoices reads the values of an enum.
func readChoices(f *field, args string, _ lookup) error {
	for choice := range strings.SplitSeq(args, ",") {
		choice = strings.TrimSpace(choice)
		if !choiceForm.MatchString(choice) || slices.Contains(f.choices, choice) {
			return errors.New("an enum has different words of letters, digits, _ and -: enum(open,paid)")
		}
		f.choices = append(f.choices, choice)
	}
	f.rule, f.initial = "oneof="+strings.Join(f.choices, " "), f.choices[0]
	return nil
}

// readDigits reads how many digits a decimal has, and how many of them are after its point.
func readDigits(f *field, args string, _ lookup) (err error) {
	digits, scale, _ := strings.Cut(args, ",")
	n, err := strconv.Atoi(strings.TrimSpace(digits))
	after, errAfter := strconv.Atoi(strings.TrimSpace(scale))
	if err != nil || errAfter != nil || n < 1 || n > 18 || after < 0 || after > n {
		return errors.New("a decimal has at most 18 digits, and a number of them after its point: decimal(12,2)")
	}
	f.digits, f.scale = n, after
	f.rule, f.postgres = fmt.Sprintf("decimal=%d %d", n, after), fmt.Sprintf("numeric(%d, %d)", n, after)
	f.initial, f.example = f.withScale("0", ""), f.withScale("1", "")
	if n == after {
		f.example = f.initial
	}
	return nil
}

// readTable reads which resource a field refers to.
func readTable(f *field, args string, tableOf lookup) (err error) {
	f.Refers, err = tableOf(args)
	return err
}
