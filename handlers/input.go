package handlers

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/go-playground/locales/en"
	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"
	translations "github.com/go-playground/validator/v10/translations/en"
)

const (
	maxBody   = 64 << 10 // bytes of the largest body that is accepted
	maxErrors = 100      // that a response names: a list may break a rule in each of its elements
)

// An Input reads and validates the bodies of requests. The rules are struct tags, which the documentation
// is generated from, so one tag enforces and documents.
type Input struct {
	validate *validator.Validate
	english  ut.Translator // says in a sentence which rule is broken
}

// NewInput returns an Input for structs with json and binding tags.
func NewInput() *Input {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.SetTagName("binding")
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			return inlined
		}
		return cmp.Or(name, f.Name)
	})
	language := en.New()
	english, _ := ut.New(language, language).GetTranslator(language.Locale()) // the only one is there
	if err := translations.RegisterDefaultTranslations(v, english); err != nil {
		panic(err) // a text is registered twice
	}
	decimal := func(f validator.FieldLevel) bool { return store.Decimal(f.Field().String()).Fits(f.Param()) }
	if err := v.RegisterValidation("decimal", decimal); err != nil {
		panic(err) // the name is reserved
	}
	return &Input{v, english}
}

// JSON reads the body into v, a pointer to a struct. A member that the body does not have gets the value of its
// default tag. The error says what is wrong, and where in the body: MediaTypeUnsupported, RequestTimeout,
// BodyTooLarge, BodyMalformed, MemberUnknown, MemberTypeWrong, or ValidationFailed with every rule that is broken.
func (in *Input) JSON(c *gin.Context, v any) error {
	body, err := in.read(c, "application/json", "Accept")
	if err != nil {
		return err
	}
	return in.decode(body, v)
}

// decode reads a body into v.
func (in *Input) decode(body []byte, v any) error {
	if err := setDefaults(reflect.ValueOf(v).Elem()); err != nil {
		return err
	}
	if err := json.Unmarshal(body, v, json.RejectUnknownMembers(true), notNull); err != nil {
		return bodyError(body, err)
	}
	return in.checkRules(v, body)
}

// setDefaults gives the fields of a struct the values of their default tags.
func setDefaults(v reflect.Value) error {
	for _, field := range reflect.VisibleFields(v.Type()) {
		text, ok := field.Tag.Lookup("default")
		if !ok {
			continue
		}
		if kind := field.Type.Kind(); kind == reflect.String || kind == reflect.Struct {
			text = strconv.Quote(text)
		}
		if err := json.Unmarshal([]byte(text), v.FieldByIndex(field.Index).Addr().Interface()); err != nil {
			return fmt.Errorf("the default of %s: %w", field.Name, err)
		}
	}
	return nil
}

// read returns the body, which must be of a media type. A response that rejects another one names it in a header
// (RFC 9110, section 15.5.16; RFC 5789, section 2.2).
func (in *Input) read(c *gin.Context, mediaType, header string) ([]byte, error) {
	types := c.Request.Header.Values("Content-Type")
	if len(types) != 1 || !isType(types[0], mediaType) {
		c.Header(header, mediaType)
		return nil, otherType(types, mediaType)
	}
	coding := strings.Join(c.Request.Header.Values("Content-Encoding"), ",")
	if coding != "" && !strings.EqualFold(coding, "identity") {
		c.Header("Accept-Encoding", "identity")
		return nil, problem.Compressed
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxBody))
	if err != nil {
		return nil, bodyError(body, err)
	}
	return body, nil
}

// otherType says what the Content-Type of a request is in place of the one that is accepted.
func otherType(types []string, want string) error {
	switch {
	case len(types) == 0 || types[0] == "":
		return problem.ContentTypeAbsent
	case len(types) > 1:
		return problem.ContentTypeTwice
	case want != "application/json": // what the other variants ask for
		return problem.MediaTypeUnsupported
	}
	switch mediaType, _, _ := mime.ParseMediaType(types[0]); mediaType {
	case "application/x-www-form-urlencoded", "multipart/form-data":
		return problem.ContentTypeForm
	case "application/json":
		return problem.ContentTypeCharset
	}
	return problem.ContentTypeOther
}

// isType reports whether a header names a media type of JSON. JSON has no charset (RFC 8259, section 11): UTF-8 is
// accepted, as programs spell it, and another one is rejected, because the body may be in it.
func isType(header, want string) bool {
	mediaType, parameters, err := mime.ParseMediaType(header) // an error for a repeated parameter, too
	charset := strings.ToLower(parameters["charset"])
	return err == nil && mediaType == want && slices.Contains([]string{"", "utf-8", "utf8"}, charset)
}

var errNull = errors.New("it is null")

// notNull rejects null for types that have no null: a string would become empty, as if the caller had sent
// that.
var notNull = json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, v any) error {
	switch reflect.TypeOf(v).Elem().Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
		return errors.ErrUnsupported // the default applies
	}
	if d.PeekKind() == 'n' {
		return errNull
	}
	return errors.ErrUnsupported
}))

// bodyError returns why a body could not be read.
func bodyError(body []byte, err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return problem.BodyTooLarge
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return problem.RequestTimeout
	}
	_, broken := jsontext.NewDecoder(bytes.NewReader(body)).ReadValue()
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok && (broken == nil || errors.Is(err, json.ErrUnknownName)) {
		switch {
		case errors.Is(err, json.ErrUnknownName):
			return memberError(problem.MemberUnknown, nil, semantic.JSONPointer, "is not known", err)
		case semantic.JSONPointer == "":
			return memberError(problem.MemberTypeWrong, problem.TypeRoot, "", "has the wrong type", err)
		case errors.Is(err, errNull):
			return memberError(problem.MemberTypeWrong, problem.TypeNull, semantic.JSONPointer, "has the wrong type", err)
		}
		return memberError(problem.MemberTypeWrong, nil, semantic.JSONPointer, "has the wrong type", err)
	}
	err = cmp.Or(broken, err)
	variant := malformedBody(body, broken)
	if variant == problem.BodyMark { // RFC 8259, section 8.1
		return memberError(problem.BodyMalformed, variant, "", "must not begin with a byte order mark", err)
	}
	var pointer jsontext.Pointer
	message := "is not well formed"
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		pointer = syntactic.JSONPointer
		if variant == nil { // which would say why
			message += fmt.Sprintf(" at byte %d", syntactic.ByteOffset+1)
		}
	}
	return memberError(problem.BodyMalformed, variant, pointer, message, err)
}

// What bodies have that are not JSON: how a form, XML, or an object without double quotes begins, and a comma at an end.
var (
	form   = regexp.MustCompile(`^([A-Za-z0-9_.%+-]+=|\s*<)`)
	quotes = regexp.MustCompile(`^\s*([{[]?\s*'|\{\s*[^"}/\s])`)
	comma  = regexp.MustCompile(`,\s*[}\]]`)
)

// malformedBody says why a body is not one JSON value, or returns nil. Without an error there is more after the value.
func malformedBody(body []byte, broken error) *problem.Variant {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return problem.BodyEmpty
	case bytes.HasPrefix(body, []byte("\ufeff")), bytes.HasPrefix(body, []byte("\xff\xfe")), bytes.HasPrefix(body, []byte("\xfe\xff")):
		return problem.BodyMark
	case form.Match(body):
		return problem.BodyForm
	case quotes.Match(body):
		return problem.BodyQuotes
	case errors.Is(broken, jsontext.ErrDuplicateName):
		return problem.BodyTwice
	case errors.Is(broken, io.ErrUnexpectedEOF):
		return problem.BodyCut
	case broken == nil:
		return problem.BodyMore
	case comma.Match(body):
		return problem.BodyComma
	}
	return nil
}

// invalid returns the error of a body that is well formed and breaks a rule.
func invalid(wrong ...problem.FieldError) error {
	return &problem.InputError{Type: problem.ValidationFailed, Errors: wrong[:min(len(wrong), maxErrors)]}
}

func memberError(t *problem.Type, v *problem.Variant, pointer jsontext.Pointer, message string, err error) error {
	return &problem.InputError{Type: t, Variant: v, Errors: []problem.FieldError{fieldError(string(pointer), message)}, Err: err}
}

// fieldError returns what is wrong with a member. Its name may be one that the caller invented.
func fieldError(pointer, message string) problem.FieldError {
	return problem.FieldError{Pointer: auth.Brief(pointer), Message: message}
}
