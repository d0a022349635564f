package auth

import (
	"bytes"
	"errors"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// An object is what the members of a JSON object are read into.
type object interface {
	// read reads the value of the member of that name.
	read(name string, r *jsonReader)
}

var errNotObject = errors.New("it is not one JSON object")

// decodeObject reads one JSON object. A repeated member at any depth, invalid UTF-8, or anything after the object is
// an error, and names are case-sensitive, so that no other reader can find other values than this one (RFC 7515,
// section 4; RFC 7519, section 4). A value of the wrong type is no error here: the member is read as invalid, and
// rejected by the check of that member, in the order of the checks.
func decodeObject(data []byte, into object) (text string, err error) {
	if len(data) == 0 || data[0] != '{' {
		return "", errNotObject
	}
	text = string(data)
	return text, json.Unmarshal(data, &jsonReader{into: into, text: text})
}

// A jsonReader reads the values of an object. Strings are parts of its text and not copied.
type jsonReader struct {
	into    object
	text    string
	decoder *jsontext.Decoder
	err     error // the first one; it ends the object
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (r *jsonReader) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	r.decoder = d
	r.token() // {
	for r.err == nil && d.PeekKind() != '}' {
		name := r.string()
		r.into.read(name.value, r)
	}
	r.token() // }
	return r.err
}

func (r *jsonReader) token() (t jsontext.Token) {
	if r.err == nil {
		t, r.err = r.decoder.ReadToken()
	}
	return t
}

// any reads any value, and returns nil after an error.
func (r *jsonReader) any() (v jsontext.Value) {
	if r.err == nil {
		v, r.err = r.decoder.ReadValue()
	}
	return v
}

// present reads any value of a member of which only matters that it is there.
func (r *jsonReader) present() bool { return r.any() != nil }

// A state says what an object has for a member.
type state uint8

const (
	absent state = iota
	valid
	invalid // of the wrong type, or out of range
)

func (s state) String() string { return [...]string{"absent", "valid", "of a wrong type"}[s] }

// A stringClaim is a member that must be a string.
type stringClaim struct {
	state state
	value string
}

func (r *jsonReader) string() stringClaim {
	v := r.any()
	if v.Kind() != '"' {
		return stringClaim{state: invalid}
	}
	if bytes.IndexByte(v, '\\') < 0 {
		end := int(r.decoder.InputOffset())
		return stringClaim{valid, r.text[end-len(v)+1 : end-1]}
	}
	var unquoted []byte
	unquoted, r.err = jsontext.AppendUnquote(nil, v)
	return stringClaim{valid, string(unquoted)}
}

func (c stringClaim) String() string {
	if c.state != valid {
		return c.state.String()
	}
	return quote(c.value)
}

// A stringsClaim is a member that must be a string or an array of strings.
type stringsClaim struct {
	state  state
	array  bool
	values []string // nil if one element is not a string
}

func (r *jsonReader) strings() stringsClaim {
	switch r.decoder.PeekKind() {
	case '"':
		return stringsClaim{state: valid, values: []string{r.string().value}}
	case '[':
		return r.array()
	}
	r.any()
	return stringsClaim{state: invalid}
}

func (r *jsonReader) array() stringsClaim {
	c := stringsClaim{state: valid, array: true, values: make([]string, 0, 4)}
	r.token() // [
	for r.err == nil && r.decoder.PeekKind() != ']' {
		one := r.string()
		c.state = max(c.state, one.state)
		c.values = append(c.values, one.value)
	}
	r.token() // ]
	if c.state == invalid {
		c.values = nil
	}
	return c
}

func (c stringsClaim) String() string {
	if c.state != valid {
		return c.state.String()
	}
	if len(c.values) == 0 {
		return "empty"
	}
	return quoteAll(c.values)
}

// maxDate is the last second of the year 9999. Dates beyond it, or before 1970, are invalid, which keeps every
// conversion exact.
const maxDate = 253402300799

// A dateClaim is a member that must be a NumericDate (RFC 7519, section 2).
type dateClaim struct {
	state state
	time  time.Time
}

func (r *jsonReader) date() dateClaim {
	if r.decoder.PeekKind() != '0' {
		r.any()
		return dateClaim{state: invalid}
	}
	seconds, err := r.token().Float()
	if err != nil || seconds < 0 || seconds > maxDate {
		return dateClaim{state: invalid}
	}
	whole := int64(seconds)
	return dateClaim{valid, time.Unix(whole, int64((seconds-float64(whole))*1e9))}
}

func (c dateClaim) String() string {
	if c.state != valid {
		return c.state.String()
	}
	return stamp(c.time)
}
