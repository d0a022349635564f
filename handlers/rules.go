package handlers

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"example.com/gatehouse/problem"
	"github.com/go-json-experiment/json"
	"github.com/go-playground/validator/v10"
)

// checkRules reports every rule of a binding tag that v breaks, which was read from a body.
func (in *Input) checkRules(v any, body []byte) error {
	err := in.validate.Struct(v)
	if err == nil {
		return nil
	}
	var sent any
	if err := json.Unmarshal(body, &sent); err != nil {
		return err
	}
	broken, err := in.brokenRules(v, err, sent, "")
	if err != nil || broken == nil {
		return err
	}
	return invalid(broken...)
}

// brokenRules returns the rules that a struct breaks by an error of the validator. It was read from what was sent
// at a pointer.
func (in *Input) brokenRules(v any, err error, sent any, at string) (all []problem.FieldError, _ error) {
	broken, ok := errors.AsType[validator.ValidationErrors](err)
	if !ok {
		return nil, err
	}
	for _, b := range broken {
		pointer := pointer(pathIn(v, b.Namespace()))
		more := []problem.FieldError{fieldError(at+pointer, in.message(b))}
		if value, ok := lookUp(sent, pointer); ok && isZero(b) {
			if more, err = in.rulesBesideRequired(v, b, value, at+pointer); err != nil {
				return nil, err
			}
		}
		all = append(all, more...)
	}
	return all, nil
}

// inlined is the name of an embedded struct in a validator's namespace: its members are those of the struct around.
const inlined = "\x00"

// pathIn returns a validator's namespace, ItemDraft.tags[0], without the type of the struct, which may have no name.
func pathIn(v any, namespace string) string {
	return strings.TrimPrefix(namespace, reflect.Indirect(reflect.ValueOf(v)).Type().Name()+".")
}

// pointer turns a path, tags[0], into a JSON Pointer, /tags/0.
func pointer(path string) string {
	return "/" + strings.NewReplacer(inlined+".", "", "~", "~0", "/", "~1", ".", "/", "[", "/", "]", "").Replace(path)
}

// What a limit says of a number, or of what a text or a list has.
var limits = map[string]string{
	"min": "at least", "gte": "at least", "max": "at most", "lte": "at most",
	"gt": "more than", "lt": "less than", "len": "exactly",
}

// Sentences about rules for which the validator has none.
var sentences = map[string]string{
	"startswith": "must start with %s", "startsnotwith": "must not start with %s",
	"endswith": "must end with %s", "endsnotwith": "must not end with %s",
	"containsrune": "must have the character %s", "oneofci": "must be one of [%s]",
	"eq_ignore_case": "must be equal to %s", "ne_ignore_case": "must not be equal to %s",
}

// message describes a broken rule to the caller.
func (in *Input) message(b validator.FieldError) string {
	if limit, ok := limits[b.Tag()]; ok && b.Kind() != reflect.Struct {
		return bound(b.Kind(), limit+" "+b.Param())
	}
	if sentence, ok := sentences[b.Tag()]; ok {
		return fmt.Sprintf(sentence, b.Param())
	}
	switch {
	case isRequired(b.Tag()):
		return "is required"
	case b.Tag() == "excludesrune":
		return fmt.Sprintf("must not have the character %U", []rune(b.Param())[0])
	case b.Tag() == "decimal":
		digits, scale, _ := strings.Cut(b.Param(), " ")
		return "must have at most " + digits + " digits, with at most " + scale + " of them after the point"
	case b.Tag() == "datetime":
		return "must have the form of " + time.Date(2026, 11, 23, 9, 5, 0, 0, time.UTC).Format(b.Param())
	}
	text := b.Translate(in.english)
	if text == b.Error() { // there is no translation
		return "must be a valid " + strings.NewReplacer("_", " ", "|", " or ").Replace(b.Tag())
	}
	return strings.TrimPrefix(text, b.Field()+" ")
}

// bound names what a limit counts: the characters of a text, the members of a list, or the number itself.
func bound(kind reflect.Kind, limit string) string {
	plural := "s"
	if strings.HasSuffix(limit, " 1") {
		plural = ""
	}
	switch kind {
	case reflect.String:
		return "must have " + limit + " character" + plural
	case reflect.Slice, reflect.Array, reflect.Map:
		return "must have " + limit + " member" + plural
	}
	return "must be " + limit
}
