package auth

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// maxBrief is how many characters of a text are logged, stored or returned.
const maxBrief = 300

// Brief returns a text that a provider, a token or a caller wrote as it may be logged, stored or returned. It has at
// most 300 characters, the last of which is an ellipsis if there were more. Characters that cannot be seen or that
// change how others are seen are escaped as in Go: control characters, U+0080 to U+009F among them, and those for
// bidirectional text.
func Brief(text string) string {
	if len(text) <= maxBrief && utf8.ValidString(text) && !strings.ContainsFunc(text, hidden) {
		return text
	}
	var b strings.Builder
	for i, c := range text {
		if i > maxBrief*utf8.UTFMax { // there are more than enough
			break
		}
		if hidden(c) {
			escaped := strconv.QuoteRune(c)
			b.WriteString(escaped[1 : len(escaped)-1])
			continue
		}
		b.WriteRune(c)
	}
	return shorten(b.String())
}

func hidden(c rune) bool { return !strconv.IsPrint(c) }

// shorten returns the first maxBrief characters of a text.
func shorten(text string) string {
	if utf8.RuneCountInString(text) <= maxBrief {
		return text
	}
	return string([]rune(text)[:maxBrief-1]) + "…"
}

// quote is Brief for a text in quotes.
func quote(text string) string { return shorten(strconv.Quote(text)) }

// quoteAll is Brief for texts in quotes.
func quoteAll(texts []string) string { return shorten(fmt.Sprintf("%q", texts)) }

// briefly returns an error that wraps err, with Brief of its text.
func briefly(err error) error { return &briefError{Brief(err.Error()), err} }

type briefError struct {
	text string
	err  error
}

func (e *briefError) Error() string { return e.text }

func (e *briefError) Unwrap() error { return e.err }

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
