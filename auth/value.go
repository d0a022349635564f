package auth

import (
	"iter"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// A value is the text of a JSON value that [decodeObject] has found valid: its readers look for no errors. The empty text
// is that of a member that is absent.
type value string

// kind returns the kind of a value as jsontext names it: n, t, f, ", 0, [ or {; zero if it is absent.
func (v value) kind() jsontext.Kind {
	switch {
	case v == "":
		return 0
	case v[0] == '-', '0' <= v[0] && v[0] <= '9':
		return '0'
	}
	return jsontext.Kind(v[0])
}

// stateOfOther returns the state of a value that is not of the type which was asked for.
func (v value) stateOfOther() state {
	if v == "" {
		return absent
	}
	return invalid
}

// text returns the text of a string, which is a part of the token unless it has escapes.
func (v value) text() string {
	if strings.IndexByte(string(v), '\\') < 0 {
		return string(v[1 : len(v)-1])
	}
	unquoted, _ := jsontext.AppendUnquote(nil, string(v))
	return string(unquoted)
}

// members returns the elements of an array, whose names are empty, or the members of an object. Other values have none.
func (v value) members() iter.Seq2[string, value] {
	return func(yield func(string, value) bool) {
		object := v.kind() == '{'
		if !object && v.kind() != '[' {
			return
		}
		for rest := v[1:]; ; {
			var name string
			var one value
			if object {
				if one, rest = rest.next(); one == "" {
					return
				}
				name = one.text()
			}
			if one, rest = rest.next(); one == "" || !yield(name, one) {
				return
			}
		}
	}
}

// next returns the value that a text begins with and the text after it, or nothing at the end of an array or object.
func (v value) next() (one, rest value) {
	v = value(strings.TrimLeft(string(v), " \t\r\n,:"))
	end := 0
	for depth := 0; end < len(v); {
		switch v[end] {
		case '"':
			end += quoted(v[end:])
		case '[', '{':
			depth++
			end++
		case ']', '}':
			depth--
			end++
		default:
			end++
		}
		switch {
		case depth < 0:
			return "", ""
		case depth == 0 && (v[end-1] == '"' || v[end-1] == ']' || v[end-1] == '}' || strings.IndexByte(",]} \t\r\n", v[end]) >= 0):
			return v[:end], v[end:]
		}
	}
	return "", ""
}

// quoted returns the length of the string that a text begins with.
func quoted(v value) int {
	end := 1
	for ; v[end] != '"'; end++ {
		if v[end] == '\\' {
			end++
		}
	}
	return end + 1
}

// find returns the value at a path: the member with exactly that name, or else a member of the object that the longest
// possible beginning of the path names. Null is absent.
func find(path string, member func(name string) value) value {
	if v := member(path); v != "" && v != "null" {
		return v
	}
	for i := len(path) - 1; i > 0; i-- {
		if path[i] != '.' {
			continue
		}
		if object := member(path[:i]); object.kind() == '{' {
			if v := find(path[i+1:], object.member); v != "" {
				return v
			}
		}
	}
	return ""
}

// member returns the member of an object with that name, or nothing.
func (v value) member(name string) value {
	for have, one := range v.members() {
		if have == name {
			return one
		}
	}
	return ""
}
