package main

import (
	"fmt"
	"strings"
)

// ranged are the types of fields whose filters are a range, as parameters of a query. A decimal is a string.
var ranged = map[string]string{
	"time.Time": "string false %q format(date-time)", "Date": "string false %q format(date)", "Decimal": "string false %q",
	"int": "integer false %q", "int64": "integer false %q", "float64": "number false %q",
}

// filters returns the lines of the parameters by which a list of rows can be restricted. They follow from the fields
// that callers write, as those of package store do.
func (f *form) filters(list, element string) (lines []string) {
	for _, p := range f.source.properties(element) {
		if p.readOnly {
			continue
		}
		text := strings.ReplaceAll(p.name, "_", " ")
		if form, ok := ranged[p.typ]; ok {
			f.decimals[p.name+"_from"], f.decimals[p.name+"_to"] = p.pattern, p.pattern
			lines = append(lines,
				fmt.Sprintf("@Param %s_from query "+form, p.name, fmt.Sprintf("Only %s whose %s is this or more.", list, text)),
				fmt.Sprintf("@Param %s_to query "+form, p.name, fmt.Sprintf("Only %s whose %s is this or less.", list, text)))
		} else if form := p.equality(); form != "" {
			lines = append(lines, fmt.Sprintf("@Param %s query "+form, p.name, fmt.Sprintf("Only %s whose %s is this.", list, text)))
		}
	}
	return lines
}

// equality returns the form of a filter by one value, or nothing for a field without one.
func (p property) equality() string {
	switch {
	case p.typ == "bool":
		return "boolean false %q"
	case p.typ == "string" && p.refers != "":
		return "string false %q format(uuid)"
	case p.typ == "string" && p.choices != nil:
		return "string false %q Enums(" + strings.Join(p.choices, ", ") + ")"
	}
	return ""
}
