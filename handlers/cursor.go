package handlers

import (
	"encoding/base64"
	"errors"

	"github.com/google/uuid"
)

// A Cursor is a place in a list: the identifier of the item before it, or empty for the start.
// Identifiers grow with time, so a list reads on where it left off whatever was added or deleted.
type Cursor string

// parseCursor reads a cursor as a caller has it, where it is opaque. Only what [Cursor.String] writes
// is one, though a decoder would pass over more.
func parseCursor(text string) (Cursor, error) {
	if text == "" {
		return "", nil
	}
	raw, _ := base64.RawURLEncoding.DecodeString(text)
	id, _ := uuid.FromBytes(raw)
	cursor := Cursor(id.String())
	if cursor.String() != text {
		return "", errors.New("it is no cursor of this API")
	}
	return cursor, nil
}

// String returns the cursor as a caller has it.
func (c Cursor) String() string {
	id, err := uuid.Parse(string(c))
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(id[:])
}
