package handlers

import (
	"cmp"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"os"
	"reflect"
	"strings"

	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/go-playground/validator/v10"
)

// maxBody is the size in bytes of the largest body that is accepted.
const maxBody = 64 << 10

// An Input reads and validates the bodies of requests. The rules are struct tags, which the documentation
// is generated from, so one tag enforces and documents.
type Input struct {
	validate *validator.Validate
}

// NewInput returns an Input for structs with json and binding tags.
func NewInput() *Input {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.SetTagName("binding")
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return cmp.Or(name, f.Name)
	})
	return &Input{v}
}

// JSON reads the body into v, a pointer to a struct. The error says what is wrong, and where in the body:
// MediaTypeUnsupported, RequestTimeout, BodyTooLarge, BodyMalformed, MemberUnknown, MemberTypeWrong, or
// ValidationFailed with every rule that is broken.
func (in *Input) JSON(c *gin.Context, v any) error {
	if err := checkMediaType(c.GetHeader("Content-Type")); err != nil {
		return err
	}
	if c.GetHeader("Content-Encoding") != "" { // RFC 9110, section 8.4
		return problem.MediaTypeUnsupported
	}
	body := http.MaxBytesReader(c.Writer, c.Request.Body, maxBody)
	if err := json.UnmarshalRead(body, v, json.RejectUnknownMembers(true), notNull); err != nil {
		return bodyError(err)
	}
	return in.checkRules(v)
}

func checkMediaType(header string) error {
	mediaType, parameters, err := mime.ParseMediaType(header)
	charset := cmp.Or(parameters["charset"], "utf-8")
	if err != nil || mediaType != "application/json" || !strings.EqualFold(charset, "utf-8") {
		return problem.MediaTypeUnsupported
	}
	return nil
}

// notNull rejects null for types that have no null: a string would become empty, as if the caller had sent
// that.
var notNull = json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, v any) error {
	switch reflect.TypeOf(v).Elem().Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
		return errors.ErrUnsupported // the default applies
	}
	if d.PeekKind() == 'n' {
		return errors.New("it is null")
	}
	return errors.ErrUnsupported
}))

// bodyError returns why a body could not be read.
func bodyError(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return problem.BodyTooLarge
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return problem.RequestTimeout
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		if errors.Is(err, json.ErrUnknownName) {
			return memberError(problem.MemberUnknown, semantic.JSONPointer, "is not known", err)
		}
		return memberError(problem.MemberTypeWrong, semantic.JSONPointer, "has the wrong type", err)
	}
	var pointer jsontext.Pointer
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		pointer = syntactic.JSONPointer
	}
	return memberError(problem.BodyMalformed, pointer, "is not well formed", err)
}

func memberError(t *problem.Type, pointer jsontext.Pointer, message string, err error) error {
	return &problem.InputError{Type: t, Errors: []problem.FieldError{{Pointer: string(pointer), Message: message}}, Err: err}
}

// checkRules reports every rule of a binding tag that v breaks.
func (in *Input) checkRules(v any) error {
	err := in.validate.Struct(v)
	broken, ok := errors.AsType[validator.ValidationErrors](err)
	if !ok {
		return err
	}
	failed := &problem.InputError{Type: problem.ValidationFailed, Err: err}
	for _, b := range broken {
		failed.Errors = append(failed.Errors, problem.FieldError{Pointer: pointer(b.Namespace()), Message: message(b)})
	}
	return failed
}

// pointer turns a validator's namespace, ItemDraft.tags[0], into a JSON Pointer, /tags/0.
func pointer(namespace string) string {
	_, path, _ := strings.Cut(namespace, ".")
	return "/" + strings.NewReplacer("~", "~0", "/", "~1", ".", "/", "[", "/", "]", "").Replace(path)
}

// message describes a broken rule to the caller.
func message(b validator.FieldError) string {
	switch b.Tag() {
	case "required":
		return "is required"
	case "max":
		return bound(b.Kind(), "at most "+b.Param())
	case "min":
		return bound(b.Kind(), "at least "+b.Param())
	case "excludesrune":
		return fmt.Sprintf("must not have the character %U", []rune(b.Param())[0])
	}
	return fmt.Sprintf("breaks the rule %s", strings.TrimSuffix(b.Tag()+"="+b.Param(), "="))
}

// bound names what a limit counts: the characters of a text, the members of a list, or the number itself.
func bound(kind reflect.Kind, limit string) string {
	switch kind {
	case reflect.String:
		return "must have " + limit + " characters"
	case reflect.Slice, reflect.Array, reflect.Map:
		return "must have " + limit + " members"
	}
	return "must be " + limit
}
