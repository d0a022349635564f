package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Go returns the name of the field in Go.
func (f field) Go() string { return camel(f.name) }

// column returns the name of the column. Every table has some columns already.
func (f field) column() string {
	if slices.Contains(columns, f.name) {
		return f.owner + "_" + f.name
	}
	return f.name
}

// Type returns the type in Go: a pointer for what may be null. A list is empty instead.
func (f field) Type() string {
	t := map[string]string{
		"text": "string", "enum": "string", "ref": "string", "float": "float64", "decimal": "Decimal", "date": "Date", "time": "time.Time",
	}[f.kind]
	if t == "" {
		t = f.kind
	}
	if f.optional && !f.isList() {
		return "*" + t
	}
	return t
}

func (f field) isList() bool { return strings.HasPrefix(f.kind, "[]") }

// mayBeEmpty reports whether the value that a body does not have is a value like any other.
func (f field) mayBeEmpty() bool { return f.isList() || f.hasDef || f.min == "0" && f.isText() }

func (f field) isText() bool { return f.kind == "string" || f.kind == "text" }

// Tag returns the tag, which says everything about the field.
func (f field) Tag() string {
	tag := fmt.Sprintf(`db:%q json:%q`, f.column(), f.name)
	if rules := strings.Join(f.rules(), ","); rules != "" {
		tag += ` binding:"` + rules + `"`
	}
	if f.hasDef {
		tag += fmt.Sprintf(` default:%q`, f.def)
	}
	if f.refers != "" {
		tag += fmt.Sprintf(` ref:%q`, f.refers)
	}
	if example := f.example(); example != "" {
		tag += fmt.Sprintf(` example:%q`, example)
	}
	return "`" + tag + "`"
}

// rules returns the rules of the binding tag.
func (f field) rules() (rules []string) {
	switch {
	case f.optional && !f.isList():
		rules = append(rules, "omitnil")
	case !f.mayBeEmpty():
		rules = append(rules, "required")
	}
	if f.min != "" && f.min != "0" || f.min == "0" && !f.isText() {
		rules = append(rules, "min="+f.min)
	}
	if f.max != "" {
		rules = append(rules, "max="+f.max)
	}
	switch f.kind {
	case "string", "text":
		rules = append(rules, `excludesrune=\x00`)
	case "enum":
		rules = append(rules, "oneof="+strings.Join(f.args, " "))
	case "decimal":
		rules = append(rules, "decimal="+strings.Join(f.args, " "))
	case "[]string":
		rules = append(rules, "max=100", "dive", "min=1", "max=100")
	case "[]int":
		rules = append(rules, "max=100")
	}
	if len(rules) == 1 && rules[0] == "omitnil" {
		return nil
	}
	return rules
}

// example returns a value for the document, or nothing where the document has one in another way.
func (f field) example() string {
	least, _ := strconv.Atoi(f.min)
	switch f.kind {
	case "string", "text":
		text := []rune(strings.ToUpper(f.name[:1]) + words(f.name)[1:] + strings.Repeat(" a", max(0, least/2)))
		most, _ := strconv.Atoi(f.max)
		return string(text[:min(len(text), most)])
	case "bool":
		return "true"
	case "int", "float":
		for _, bound := range []string{f.def, f.min, f.max} {
			if bound != "" {
				return bound
			}
		}
		return map[string]string{"int": "3", "float": "1.5"}[f.kind]
	case "decimal":
		digits, scale := f.digits()
		whole := "0"
		if digits > scale {
			whole = "1"
		}
		return strings.TrimSuffix(whole+"."+strings.Repeat("0", scale), ".")
	case "date":
		return "2026-11-23"
	case "time":
		return "2026-11-23T09:00:00Z"
	case "[]string":
		return "red,blue"
	case "[]int":
		return "1,2"
	}
	return ""
}

func (f field) digits() (digits, scale int) {
	digits, _ = strconv.Atoi(f.args[0])
	scale, _ = strconv.Atoi(f.args[1])
	return digits, scale
}

// checkDefault reports a default that the field cannot have, and gives the others their canonical form.
func (f *field) checkDefault() error {
	wrong := fmt.Errorf("%s: %q is no value of %s", f.name, f.def, f.kind)
	switch f.kind {
	case "string", "text":
		least, _ := strconv.Atoi(f.min)
		if most, _ := strconv.Atoi(f.max); len([]rune(f.def)) < least || len([]rune(f.def)) > most || strings.ContainsAny(f.def, "\"`\\") {
			return wrong
		}
	case "enum":
		if !slices.Contains(f.args, f.def) {
			return wrong
		}
	case "bool":
		if f.def != "true" && f.def != "false" {
			return wrong
		}
	case "int", "float":
		return f.checkNumber(wrong)
	case "decimal":
		digits, scale := f.digits()
		whole, fraction, _ := strings.Cut(strings.TrimPrefix(f.def, "-"), ".")
		if !decimalForm.MatchString(f.def) || len(strings.TrimPrefix(whole, "0")) > digits-scale || len(fraction) > scale {
			return wrong
		}
		f.def = strings.TrimSuffix(strings.TrimSuffix(f.def, "."+fraction)+"."+fraction+strings.Repeat("0", scale-len(fraction)), ".")
	case "date", "time":
		if _, err := time.Parse(map[string]string{"date": time.DateOnly, "time": time.RFC3339}[f.kind], f.def); err != nil {
			return wrong
		}
	default:
		return fmt.Errorf("%s: %s has no default", f.name, f.kind)
	}
	return nil
}

// checkNumber reports a default that is no number, or out of bounds.
func (f *field) checkNumber(wrong error) error {
	value, err := strconv.ParseFloat(f.def, 64)
	if _, errInt := strconv.Atoi(f.def); err != nil || f.kind == "int" && errInt != nil {
		return wrong
	}
	if least, err := strconv.ParseFloat(f.min, 64); err == nil && value < least {
		return wrong
	}
	if most, err := strconv.ParseFloat(f.max, 64); err == nil && value > most {
		return wrong
	}
	return nil
}
