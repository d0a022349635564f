package handlers

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/gatehouse/problem"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/go-playground/validator/v10"
)

// The validator takes a required member for absent if its value is zero. But 0 and false are values like any other,
// and so is an object whose members are: such a member is absent if the body does not have it. An empty text, and
// null for a list, stay absent.

// isZero reports whether a member broke required with a number, a boolean or an object.
func isZero(b validator.FieldError) bool {
	return isRequired(b.Tag()) && (b.Kind() >= reflect.Bool && b.Kind() <= reflect.Float64 || b.Kind() == reflect.Struct)
}

func isRequired(rule string) bool { return strings.HasPrefix(rule, "required") }

// lookUp returns the value at a JSON Pointer.
func lookUp(v any, pointer string) (found any, ok bool) {
	for token := range jsontext.Pointer(pointer).Tokens() {
		switch in := v.(type) {
		case map[string]any:
			v, ok = in[token]
		case []any:
			i, err := strconv.Atoi(token)
			if ok = err == nil && i < len(in); ok {
				v = in[i]
			}
		default:
			ok = false
		}
		if !ok {
			return nil, false
		}
	}
	return v, true
}

// rulesBesideRequired returns the other rules that a member breaks, for which a value was sent at a pointer: v is
// the struct in which it broke required.
func (in *Input) rulesBesideRequired(v any, b validator.FieldError, sent any, at string) ([]problem.FieldError, error) {
	if _, isTime := b.Value().(time.Time); b.Kind() == reflect.Struct && !isTime {
		return in.brokenRules(b.Value(), in.validate.Struct(b.Value()), sent, at)
	}
	parent, rules, ok := field(reflect.ValueOf(v), pathIn(v, b.StructNamespace()))
	if !ok {
		return []problem.FieldError{fieldError(at, in.message(b))}, nil
	}
	rules = slices.DeleteFunc(rules, isRequired)
	err := in.validate.VarWithValue(b.Value(), parent.Interface(), strings.Join(rules, ","))
	broken, ok := errors.AsType[validator.ValidationErrors](err)
	if !ok {
		return nil, err
	}
	return []problem.FieldError{fieldError(at, in.message(broken[0]))}, nil
}

// field returns the struct that has the field at a path, such as Lines[0].Quantity, and the rules of the field. The
// rules of an element of a list are those after dive. Elements of maps are not found.
func field(v reflect.Value, path string) (parent reflect.Value, rules []string, ok bool) {
	for part := range strings.SplitSeq(path, ".") {
		name, index, element := strings.Cut(strings.TrimSuffix(part, "]"), "[")
		if parent = reflect.Indirect(v); parent.Kind() != reflect.Struct {
			return parent, nil, false
		}
		f, ok := parent.Type().FieldByName(name)
		switch {
		case !ok:
			return parent, nil, false
		case f.Anonymous: // its fields are found in the struct around
			continue
		}
		v, rules = parent.FieldByIndex(f.Index), strings.Split(f.Tag.Get("binding"), ",")
		if element {
			i, err := strconv.Atoi(index)
			if v = reflect.Indirect(v); err != nil || v.Kind() != reflect.Slice || i >= v.Len() {
				return parent, nil, false
			}
			v, rules = v.Index(i), rules[slices.Index(rules, "dive")+1:]
		}
	}
	return parent, rules, true
}
