package auth

import (
	"bytes"
	"fmt"
	"unicode/utf16"

	"github.com/go-json-experiment/json/jsontext"
)

// readable returns a segment of a token as it may be stored and shown, or nil if it is not JSON: names, texts and
// numbers are as in [Brief], and characters that Brief escapes are escaped as in JSON.
func readable(segment []byte) jsontext.Value {
	if !jsontext.Value(segment).IsValid() {
		return nil
	}
	var out bytes.Buffer
	options := jsontext.AllowDuplicateNames(true) // two long names may begin the same
	decoder, encoder := jsontext.NewDecoder(bytes.NewReader(segment), options), jsontext.NewEncoder(&out, options)
	for {
		token, err := decoder.ReadToken()
		if err != nil { // the end
			return escapeHidden(bytes.TrimSpace(out.Bytes()))
		}
		if kind := token.Kind(); kind == '"' || kind == '0' {
			if text := token.String(); len(text) > maxBrief {
				token = jsontext.String(shorten(text))
			}
		}
		if err := encoder.WriteToken(token); err != nil {
			return nil
		}
	}
}

// escapeHidden escapes the hidden characters of a JSON text, which are in strings only.
func escapeHidden(text []byte) jsontext.Value {
	if !bytes.ContainsFunc(text, hidden) {
		return text
	}
	var b []byte
	for _, c := range string(text) {
		switch {
		case !hidden(c):
			b = append(b, string(c)...)
		case c > 0xffff:
			high, low := utf16.EncodeRune(c)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = fmt.Appendf(b, `\u%04x`, c)
		}
	}
	return b
}
