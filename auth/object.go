package auth

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// An object is a JSON object that is read member by member. A repeated member at any depth, invalid
// UTF-8, or anything after the object fails it, so that no other reader can see other members than
// this one (RFC 7515, section 4; RFC 7519, section 4). Values of an unexpected type do not fail it:
// they are read as invalid, for whoever judges them in their order.
//
// The first error sticks, and ends the object. Strings are cut out of its text and not copied.
type object struct {
	text    string
	decoder *jsontext.Decoder
	err     error
}

var errNotObject = errors.New("it is not one JSON object")

// open begins to read an object.
func (s *scratch) open(text string) *object {
	s.json = append(s.json[:0], text...)
	s.buffer = *bytes.NewBuffer(s.json)
	s.decoder.Reset(&s.buffer)
	s.object = object{text: text, decoder: s.decoder}
	if _, err := s.decoder.ReadToken(); err != nil || text[0] != '{' {
		s.object.err = errNotObject
	}
	return &s.object
}

// next returns the name of the next member. At the end it checks that nothing follows.
func (o *object) next() (name string, more bool) {
	if o.err != nil {
		return "", false
	}
	if o.decoder.PeekKind() != '}' {
		name := o.string()
		return name.value, o.err == nil
	}
	if _, o.err = o.decoder.ReadToken(); o.err == nil {
		if _, err := o.decoder.ReadToken(); err != io.EOF {
			o.err = errNotObject
		}
	}
	return "", false
}

// value reads the next value as it stands.
func (o *object) value() jsontext.Value {
	if o.err != nil {
		return nil
	}
	var v jsontext.Value
	v, o.err = o.decoder.ReadValue()
	return v
}

// skip reads the next value and records that there is one.
func (o *object) skip() bool {
	return o.value() != nil
}

// A state says what was found where a member is looked for.
type state uint8

const (
	absent state = iota
	valid
	invalid // of a type or in a range that the member cannot have
)

// A text is a member that must be a string.
type text struct {
	state state
	value string
}

// string reads the next value as a text.
func (o *object) string() text {
	v := o.value()
	if v.Kind() != '"' {
		return text{state: invalid}
	}
	if bytes.IndexByte(v, '\\') < 0 {
		end := int(o.decoder.InputOffset())
		return text{valid, o.text[end-len(v)+1 : end-1]}
	}
	var unquoted []byte
	unquoted, o.err = jsontext.AppendUnquote(nil, v)
	return text{valid, string(unquoted)}
}

// texts is a member that must be a string or an array of strings.
type texts struct {
	state  state
	array  bool
	values []string
}

// strings reads the next value as texts.
func (o *object) strings() texts {
	switch o.decoder.PeekKind() {
	case '"':
		return texts{state: valid, values: []string{o.string().value}}
	case '[':
		return o.array()
	}
	o.skip()
	return texts{state: invalid}
}

func (o *object) array() texts {
	t := texts{state: valid, array: true}
	_, o.err = o.decoder.ReadToken()
	for o.err == nil && o.decoder.PeekKind() != ']' {
		one := o.string()
		if one.state == invalid {
			t.state = invalid
		}
		t.values = append(t.values, one.value)
	}
	if t.state == invalid {
		t.values = nil // an array is good as a whole or not at all
	}
	if o.err == nil {
		_, o.err = o.decoder.ReadToken()
	}
	return t
}

// maxDate is the last second of the year 9999. A date beyond it, or before 1970, is no date of a
// token, and refusing it keeps every conversion exact.
const maxDate = 253402300799

// A date is a member that must be a NumericDate (RFC 7519, section 2).
type date struct {
	state state
	time  time.Time
}

// date reads the next value as a date.
func (o *object) date() date {
	if o.decoder.PeekKind() != '0' {
		o.skip()
		return date{state: invalid}
	}
	var token jsontext.Token
	if token, o.err = o.decoder.ReadToken(); o.err != nil {
		return date{state: invalid}
	}
	seconds, err := token.Float()
	if err != nil || seconds < 0 || seconds > maxDate {
		return date{state: invalid}
	}
	whole := int64(seconds)
	return date{valid, time.Unix(whole, int64((seconds-float64(whole))*1e9))}
}

// words returns the members of a space-separated list (RFC 6749, section 3.3).
func words(list string) []string {
	if list == "" {
		return nil
	}
	all := make([]string, 0, strings.Count(list, " ")+1)
	for word := range strings.SplitSeq(list, " ") {
		if word != "" {
			all = append(all, word)
		}
	}
	return all
}
