package store

import (
	"cmp"
	"encoding/base64"
	"errors"

	"github.com/google/uuid"
)

// A Cursor is a position in a list: the identifier of the row before it, or empty for the start.
//
// Identifiers grow in the order in which rows become visible. So a reader that follows the cursors gets
// every row once that exists from the first page to the last, whatever is created or deleted meanwhile, and
// new rows are at the end.
type Cursor string

// ParseCursor reads the form that callers have, which is opaque to them. It accepts only what
// [Cursor.String] returns, although a base64 decoder accepts more.
func ParseCursor(text string) (Cursor, error) {
	if text == "" {
		return "", nil
	}
	raw, _ := base64.RawURLEncoding.DecodeString(text)
	id, _ := uuid.FromBytes(raw)
	cursor := Cursor(id.String())
	if cursor.String() != text {
		return "", errors.New("it is not a cursor of this API")
	}
	return cursor, nil
}

// String returns the form that callers have.
func (c Cursor) String() string {
	id, err := uuid.Parse(string(c))
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(id[:])
}

// MarshalJSON returns the form that callers have, and null when no page follows.
func (c Cursor) MarshalJSON() ([]byte, error) {
	if c == "" {
		return []byte("null"), nil
	}
	return []byte(`"` + c.String() + `"`), nil
}

// id returns the identifier after which a list begins.
func (c Cursor) id() string { return cmp.Or(string(c), uuid.Nil.String()) }
