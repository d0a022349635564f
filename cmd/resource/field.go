package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A field is what the user says of one: title:string(1..100).
type field struct {
	name  string
	owner string // the resource
	kind
	kindName      string
	min, max      string   // of a number, or of the length of a text; empty for none
	choices       []string // of an enum
	digits, scale int      // of a decimal: how many in all, and after its point
	optional      bool
	def           string
	hasDef        bool

	Refers  string // the table that a reference refers to
	Cascade bool   // rows are deleted with the row that they refer to
}

var (
	// names that every row has already.
	reserved = []string{"id", "owner", "created_at", "updated_at"}
	// parameters that every list has already: a member of this name cannot be a filter.
	parameters = []string{"limit", "cursor", "access_token"}
	// columns that every table has: a field with such a name has another column.
	columns = []string{"version", "issuer", "subject", "client"}

	fieldForm = regexp.MustCompile(`^([^:]+):([a-z\[\]]+)(?:\(([^()]*)\))?(\?)?(=.*)?$`)
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

// parseFields reads the fields of a resource.
func parseFields(text, resource string, tableOf lookup) (all []field, err error) {
	for _, one := range splitFields(text) {
		f, err := parseField(one, resource, tableOf)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, func(other field) bool { return other.Go() == f.Go() }) {
			return nil, fmt.Errorf("%s: there are two fields of this name", f.name)
		}
		all = append(all, f)
	}
	if all == nil {
		return nil, fmt.Errorf("no field is named: %s", typesHelp)
	}
	return all, nil
}

func parseField(text, resource string, tableOf lookup) (f field, err error) {
	m := fieldForm.FindStringSubmatch(text)
	if m == nil {
		return f, fmt.Errorf("%q is no field: write %s", text, typesHelp)
	}
	f = field{name: m[1], owner: resource, kindName: m[2], optional: m[4] != ""}
	f.def, f.hasDef = strings.CutPrefix(m[5], "=")
	switch {
	case !nameForm.MatchString(f.name) || len(f.name) > 40:
		return f, fmt.Errorf("%s: a name has small letters, digits and underscores, and begins with a letter", f.name)
	case slices.Contains(reserved, f.name) || f.Go() == camel(resource)+"Draft":
		return f, fmt.Errorf("%s: every resource has this name already, choose another one", f.name)
	case slices.Contains(parameters, f.name) && slices.Contains([]string{"enum", "bool", "ref"}, f.kindName):
		return f, fmt.Errorf("%s: every list has a parameter of this name already, choose another one", f.name)
	case f.optional && f.hasDef:
		return f, fmt.Errorf("%s: a field is optional or has a default, and not both", f.name)
	}
	var ok bool
	if f.kind, ok = kinds[f.kindName]; !ok {
		return f, fmt.Errorf("%s: %s is no type of a field: write %s", f.name, f.kindName, typesHelp)
	}
	if err := f.parseArguments(m[3], tableOf); err != nil {
		return f, fmt.Errorf("%s: %w", f.name, err)
	}
	return f, nil
}

// parseArguments reads what is in the parentheses, and the default.
func (f *field) parseArguments(args string, tableOf lookup) (err error) {
	switch {
	case f.read != nil:
		err = f.read(f, args, tableOf)
	case args != "":
		err = fmt.Errorf("%s has nothing in parentheses", f.kindName)
	}
	if err != nil || !f.hasDef {
		return err
	}
	if f.isList() || f.Refers != "" {
		return fmt.Errorf("%s has no default", f.kindName)
	}
	if !f.checkDefault() {
		return fmt.Errorf("%q is no value of %s", f.def, f.kindName)
	}
	return nil
}

// checkDefault reports whether the field can have its default, and gives a decimal and a time their canonical form.
func (f *field) checkDefault() (valid bool) {
	switch f.kindName {
	case "string", "text":
		return f.isWithin(float64(len([]rune(f.def)))) && !strings.ContainsAny(f.def, "\"`\\")
	case "enum":
		return slices.Contains(f.choices, f.def)
	case "bool":
		return f.def == "true" || f.def == "false"
	case "int", "float":
		value, err := f.number(f.def)
		return err == nil && f.isWithin(value)
	case "decimal":
		m := decimalForm.FindStringSubmatch(f.def)
		if m == nil || len(strings.TrimPrefix(m[2], "0")) > f.digits-f.scale || len(m[3]) > f.scale {
			return false
		}
		f.def = f.withScale(m[1]+m[2], m[3])
		return true
	}
	layout := map[string]string{"date": time.DateOnly, "time": time.RFC3339Nano}[f.kindName]
	at, err := time.Parse(layout, f.def)
	if err != nil {
		return false
	}
	f.def = at.UTC().Truncate(time.Microsecond).Format(layout) // as tables store it
	return true
}

var decimalForm = regexp.MustCompile(`^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$`)

// withScale returns a decimal with all digits after its point.
func (f *field) withScale(whole, fraction string) string {
	return strings.TrimSuffix(whole+"."+fraction+strings.Repeat("0", f.scale-len(fraction)), ".")
}

// number reads a number of the field, or a length: an integer but for float.
func (f *field) number(text string) (float64, error) {
	if f.kindName == "float" {
		return strconv.ParseFloat(text, 64)
	}
	n, err := strconv.Atoi(text)
	return float64(n), err
}

// isWithin reports whether a number is within the bounds.
func (f *field) isWithin(n float64) bool {
	least, errLeast := f.number(f.min) // of no bound there is an error
	most, errMost := f.number(f.max)
	return (errLeast != nil || n >= least) && (errMost != nil || n <= most)
}
