package auth

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// An object is what the members of a JSON object are read into.
type object interface {
	// read receives the member of that name.
	read(name string, v value)
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

// A jsonReader reads the members of an object.
type jsonReader struct {
	into object
	text string
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (r *jsonReader) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	_, err := d.ReadToken() // {
	for err == nil && d.PeekKind() != '}' {
		var name, v value
		if name, err = r.next(d); err == nil {
			v, err = r.next(d)
		}
		if err == nil {
			r.into.read(name.text(), v)
		}
	}
	if err == nil {
		_, err = d.ReadToken() // }
	}
	return err
}

// next returns the next name or value, which is a part of the text.
func (r *jsonReader) next(d *jsontext.Decoder) (value, error) {
	v, err := d.ReadValue()
	end := int(d.InputOffset())
	return value(r.text[end-len(v) : end]), err
}

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

func (v value) string() stringClaim {
	if v.kind() != '"' {
		return stringClaim{state: v.stateOfOther()}
	}
	return stringClaim{valid, v.text()}
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
	values []string // nil if one element is not a string
}

func (v value) strings() stringsClaim {
	switch v.kind() {
	case '"':
		return stringsClaim{state: valid, values: []string{v.text()}}
	case '[':
		c := stringsClaim{state: valid, values: make([]string, 0, 4)}
		for _, one := range v.members() {
			if one.kind() != '"' {
				return stringsClaim{state: invalid}
			}
			c.values = append(c.values, one.text())
		}
		return c
	}
	return stringsClaim{state: v.stateOfOther()}
}

// holds reports whether the value is an accepted string, or an array of strings with one.
func (v value) holds(accepted func(string) bool) bool {
	if v.kind() == '"' {
		return accepted(v.text())
	}
	return slices.ContainsFunc(v.strings().values, accepted)
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

func (v value) date() dateClaim {
	if v.kind() != '0' {
		return dateClaim{state: v.stateOfOther()}
	}
	seconds, err := strconv.ParseFloat(string(v), 64)
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
