package main

import (
	"cmp"
	"fmt"
	"go/types"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-openapi/spec"
)

// references is the extension of the property that identifies a row of another collection.
const references = "x-references"

// A property is what the code says of one, and swag does not.
type property struct {
	name     string
	typ      string // in Go, without the pointer and the package of rows
	format   string
	pattern  string
	choices  []string // of a text that is one of several
	refers   string   // the table whose row it identifies
	nullable bool
	readOnly bool
	element  []string // rules of the elements of a list
	tag      reflect.StructTag
	always   bool // in every value that the API sends: encoding/json omits only omitempty
}

// properties returns those of a struct, with those of the structs that it embeds.
func (s *source) properties(name string) (all []property) {
	t := s.types[name]
	for _, field := range t.fields {
		all = append(all, s.properties(t.embedded(field))...)
		if field.Tag == nil {
			continue
		}
		tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`"))
		if json, options, _ := strings.Cut(tag.Get("json"), ","); json != "" && json != "-" {
			all = append(all, newProperty(json, types.ExprString(field.Type), !strings.Contains(options, "omit"), tag))
		}
	}
	return all
}

func newProperty(name, expression string, always bool, tag reflect.StructTag) property {
	typ, isPointer := strings.CutPrefix(expression, "*")
	p := property{name: name, typ: strings.TrimPrefix(typ, "store."), always: always, nullable: isPointer && always, tag: tag}
	p.refers, p.readOnly = tag.Get("ref"), tag.Get("readonly") != ""
	whole, element, _ := strings.Cut(tag.Get("binding"), ",dive,")
	p.element = strings.Split(element, ",")
	p.format, p.pattern, p.choices = rules(whole)
	switch p.typ {
	case "time.Time":
		p.format = "date-time" // RFC 3339, section 5.6
	case "Date":
		p.format = "date"
		// A Decimal has no format: with "decimal" of the OpenAPI format registry, generated clients send a number.
	}
	return p
}

// formats are those that rules of a binding tag check.
var formats = map[string]string{
	"email": "email", "uuid": "uuid", "url": "uri", "uri": "uri", "hostname": "hostname", "ipv4": "ipv4", "ipv6": "ipv6",
}

// rules returns what a binding tag checks of a text, besides the rules that swag knows. A text that may be empty has no
// format.
func rules(binding string) (format, pattern string, choices []string) {
	excluded := ""
	for rule := range strings.SplitSeq(binding, ",") {
		name, value, _ := strings.Cut(rule, "=")
		format = cmp.Or(format, formats[name])
		switch name {
		case "excludesrune":
			for _, r := range value {
				excluded += fmt.Sprintf(`\x%02x`, r)
			}
		case "oneof":
			choices = strings.Fields(value)
		case "decimal":
			pattern = decimal(value)
		}
	}
	if excluded != "" {
		pattern = "^[^" + excluded + "]*$"
	}
	if strings.Contains(binding, "omitempty") {
		format = ""
	}
	return format, pattern, choices
}

// decimal returns the pattern of the rule decimal, such as 12 2: at most 12 digits, of which 2 are after the point.
func decimal(rule string) string {
	var digits, scale int
	fmt.Sscanf(rule, "%d %d", &digits, &scale) // the store reports what it cannot read
	whole, fraction := "0", ""
	if digits > scale {
		whole = fmt.Sprintf("(0|[1-9][0-9]{0,%d})", digits-scale-1)
	}
	if scale > 0 {
		fraction = fmt.Sprintf(`(\.[0-9]{1,%d})?`, scale)
	}
	return "^-?" + whole + fraction + "$"
}

// describe adds what swag does not know to a schema: the rules of the elements of a list, and that a decimal, which
// swag takes for a number, is a string.
func (p property) describe(schema *spec.Schema) {
	schema.Format, schema.Pattern = cmp.Or(schema.Format, p.format), p.pattern
	if p.typ == "Decimal" {
		schema.Type = spec.StringOrArray{"string"}
		schema.Example, schema.Default = textOf(p.tag, "example"), textOf(p.tag, "default")
	}
	if p.refers != "" {
		schema.AddExtension(references, p.refers)
		schema.Format = "uuid"
	}
	if schema.Items != nil && schema.Items.Schema != nil {
		p.describeElement(schema.Items.Schema)
	}
	if p.nullable && schema.Ref.String() == "" {
		allowNull(schema)
	}
}

// textOf returns the text of a tag, or nil if there is none.
func textOf(tag reflect.StructTag, name string) any {
	if text, ok := tag.Lookup(name); ok {
		return text
	}
	return nil
}

func (p property) describeElement(element *spec.Schema) {
	for _, rule := range p.element {
		name, value, _ := strings.Cut(rule, "=")
		limit, err := strconv.ParseInt(value, 10, 64)
		switch {
		case err != nil || !element.Type.Contains("string"):
		case name == "min":
			element.MinLength = &limit
		case name == "max":
			element.MaxLength = &limit
		}
	}
	_, element.Pattern, _ = rules(strings.Join(p.element, ","))
}
