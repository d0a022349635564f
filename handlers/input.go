package handlers

import (
	"cmp"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"strings"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/go-playground/validator/v10"
)

// maxBody is the size of a body in bytes beyond which it is refused.
const maxBody = 64 << 10

// An Input reads what a request sends and judges it. The rules stand in the struct tags that the
// documentation is made from, so one tag enforces and documents.
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

// JSON reads the body into v, a pointer to a struct. The error says what is wrong where:
// MediaTypeUnsupported, RequestTimeout, BodyTooLarge, BodyMalformed, MemberUnknown, MemberTypeWrong or,
// with every broken rule, ValidationFailed.
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
	return in.check(v)
}

func checkMediaType(header string) error {
	mediaType, parameters, err := mime.ParseMediaType(header)
	charset := cmp.Or(parameters["charset"], "utf-8")
	if err != nil || mediaType != "application/json" || !strings.EqualFold(charset, "utf-8") {
		return problem.MediaTypeUnsupported
	}
	return nil
}

// notNull refuses null where nothing can hold it: a string or a struct would become its zero value,
// as if the caller had sent that.
var notNull = json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, v any) error {
	switch reflect.TypeOf(v).Elem().Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
		return errors.ErrUnsupported // as without this function
	}
	if d.PeekKind() == 'n' {
		return errors.New("it is null")
	}
	return errors.ErrUnsupported
}))

// bodyError says what of a body could not be read, with a pointer to it.
func bodyError(err error) error {
	var reason *problem.Type
	var message string
	pointer := jsontext.Pointer("")
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return problem.BodyTooLarge
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return problem.RequestTimeout
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		pointer, reason, message = semantic.JSONPointer, problem.MemberTypeWrong, "has the wrong type"
	}
	if errors.Is(err, json.ErrUnknownName) {
		reason, message = problem.MemberUnknown, "is not known"
	}
	if reason == nil {
		reason, message = problem.BodyMalformed, "is not well formed"
		if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
			pointer = syntactic.JSONPointer
		}
	}
	return &problem.InputError{Type: reason, Errors: []problem.FieldError{{Pointer: string(pointer), Message: message}}, Err: err}
}

// check judges v by its binding tags.
func (in *Input) check(v any) error {
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

// pointer turns a validator's namespace, Draft.tags[0], into a JSON Pointer, /tags/0.
func pointer(namespace string) string {
	_, path, _ := strings.Cut(namespace, ".")
	return "/" + strings.NewReplacer("~", "~0", "/", "~1", ".", "/", "[", "/", "]", "").Replace(path)
}

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

// bound says what a limit counts: the characters of a text, the members of a list, or the number.
func bound(kind reflect.Kind, limit string) string {
	switch kind {
	case reflect.String:
		return "must have " + limit + " characters"
	case reflect.Slice, reflect.Array, reflect.Map:
		return "must have " + limit + " members"
	}
	return "must be " + limit
}

// Limits of a page.
const (
	defaultLimit = 20
	maxLimit     = 100
)

// page reads the parameters of a list. A query that cannot be read as a whole is refused: what a
// reader skipped could be the cursor, and the caller would get the first page for ever.
func page(c *gin.Context) (limit int, cursor store.Cursor, err error) {
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return 0, "", parameterError("", "the query is not well formed", err)
	}
	limit = defaultLimit
	if query.Has("limit") {
		if limit, err = strconv.Atoi(query.Get("limit")); err != nil || limit < 1 || limit > maxLimit {
			return 0, "", parameterError("limit", fmt.Sprintf("must be a whole number from 1 to %d", maxLimit), err)
		}
	}
	cursor, err = store.ParseCursor(query.Get("cursor"))
	if err != nil {
		return 0, "", parameterError("cursor", "must be a next_cursor of this list", err)
	}
	return limit, cursor, nil
}

func parameterError(name, message string, err error) error {
	return &problem.InputError{Type: problem.ParameterInvalid, Errors: []problem.FieldError{{Parameter: name, Message: message}}, Err: err}
}
