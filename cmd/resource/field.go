package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A field is what the user says of one: title:string(1..100).
type field struct {
	name     string
	kind     string
	min, max string   // of a text or a number; empty for none
	args     []string // the choices of an enum, or the digits of a decimal and those after its point
	refers   string   // the table that a reference refers to
	optional bool
	def      string
	hasDef   bool
	owner    string // the resource, for a column that every table has already
}

const typesHelp = "NAME:TYPE for a required field, NAME:TYPE? for an optional one, NAME:TYPE=VALUE for one with a default. The types are " +
	"string(1..100), text, enum(a,b), bool, int(1..5), float, decimal(12,2), date, time, []string, []int and ref(resource)"

var (
	// names that every row has already.
	reserved = []string{"id", "owner", "created_at", "updated_at"}
	// parameters that every list has already: a member of this name cannot be a filter.
	parameters = []string{"limit", "cursor", "access_token"}
	// columns that every table has: a field with such a name has another column.
	columns = []string{"version", "issuer", "subject", "client"}

	fieldForm   = regexp.MustCompile(`^([^:]+):([a-z\[\]]+)(?:\(([^()]*)\))?(\?)?(?:=(.*))?$`)
	decimalForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)
	boundForm   = regexp.MustCompile(`^(-?[0-9.]*?)\.\.(-?[0-9.]*)$`)
)

// splitFields splits at white space outside of parentheses.
func splitFields(text string) []string {
	depth := 0
	return strings.FieldsFunc(text, func(r rune) bool {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		return depth == 0 && (r == ' ' || r == '\n' || r == '\t')
	})
}

// parseFields reads fields. tableOf returns the table of a resource that one refers to.
func parseFields(text, resource string, tableOf lookup) (all []field, err error) {
	for _, one := range splitFields(text) {
		f, err := parseField(one, tableOf)
		if err != nil {
			return nil, err
		}
		f.owner = resource
		if slices.ContainsFunc(all, func(other field) bool { return other.name == f.name }) {
			return nil, fmt.Errorf("%s: there are two fields of this name", f.name)
		}
		all = append(all, f)
	}
	if all == nil {
		return nil, fmt.Errorf("no field is named: %s", typesHelp)
	}
	return all, nil
}

func parseField(text string, tableOf lookup) (f field, err error) {
	m := fieldForm.FindStringSubmatch(text)
	if m == nil {
		return f, fmt.Errorf("%q is no field: write %s", text, typesHelp)
	}
	f = field{name: m[1], kind: m[2], optional: m[4] != "", def: m[5], hasDef: strings.Contains(text[strings.LastIndex(text, ")")+1:], "=")}
	switch {
	case !validName.MatchString(f.name) || len(f.name) > 40:
		return f, fmt.Errorf("%s: a name has small letters, digits and underscores, and begins with a letter", f.name)
	case slices.Contains(reserved, f.name):
		return f, fmt.Errorf("%s: every resource has this name already, choose another one", f.name)
	case slices.Contains(parameters, f.name) && (f.kind == "enum" || f.kind == "bool" || f.kind == "ref"):
		return f, fmt.Errorf("%s: every list has a parameter of this name already, choose another one", f.name)
	case f.optional && f.hasDef:
		return f, fmt.Errorf("%s: a field is optional or has a default, and not both", f.name)
	}
	parse, ok := kinds[f.kind]
	if !ok {
		return f, fmt.Errorf("%s: %s is no type of a field: write %s", f.name, f.kind, typesHelp)
	}
	if err := parse(&f, m[3], tableOf); err != nil {
		return f, fmt.Errorf("%s: %w", f.name, err)
	}
	if f.hasDef {
		err = f.checkDefault()
	}
	return f, err
}

// A lookup returns the table of a resource.
type lookup = func(resource string) (table string, err error)

// kinds read what is in the parentheses of each type.
var kinds = map[string]func(f *field, args string, tableOf lookup) error{
	"string": func(f *field, args string, _ lookup) error { return f.parseLength(args, "1..200") },
	"text":   func(f *field, args string, _ lookup) error { return f.parseLength(args, "1..10000") },
	"int":    func(f *field, args string, _ lookup) error { return f.parseBounds(args, strconv.Atoi) },
	"float": func(f *field, args string, _ lookup) error {
		return f.parseBounds(args, func(s string) (int, error) { _, err := strconv.ParseFloat(s, 64); return 0, err })
	},
	"enum": func(f *field, args string, _ lookup) error {
		for choice := range strings.SplitSeq(args, ",") {
			choice = strings.TrimSpace(choice)
			if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,50}$`).MatchString(choice) || slices.Contains(f.args, choice) {
				return fmt.Errorf("an enum has different words of letters, digits, _ and -: enum(open,paid)")
			}
			f.args = append(f.args, choice)
		}
		return nil
	},
	"decimal": func(f *field, args string, _ lookup) error {
		digits, scale, _ := strings.Cut(args, ",")
		n, err := strconv.Atoi(strings.TrimSpace(digits))
		after, errAfter := strconv.Atoi(strings.TrimSpace(scale))
		if err != nil || errAfter != nil || n < 1 || n > 18 || after < 0 || after > n {
			return fmt.Errorf("a decimal has at most 18 digits, and a number of them after its point: decimal(12,2)")
		}
		f.args = []string{strconv.Itoa(n), strconv.Itoa(after)}
		return nil
	},
	"bool": noArguments, "date": noArguments, "time": noArguments, "[]string": noArguments, "[]int": noArguments,
	"ref": func(f *field, args string, tableOf lookup) (err error) {
		f.refers, err = tableOf(args)
		return err
	},
}

func noArguments(f *field, args string, _ lookup) error {
	if args != "" {
		return fmt.Errorf("%s has nothing in parentheses", f.kind)
	}
	return nil
}
