package store

import (
	"encoding/base64"
	"encoding/binary"
	"errors"

	"github.com/google/uuid"
)

// A Cursor is a place in a list: the identifier of the item before it, or empty for the start.
// Identifiers grow in the order in which items are kept (see [NextID]), so a list reads on where it
// left off: an item that is there from the first page to the last is read once, whatever was added
// or deleted meanwhile, and what is added comes behind everything that could be seen before.
type Cursor string

// ParseCursor reads a cursor as a caller has it, where it is opaque. Only what [Cursor.String] writes
// is one, though a decoder would pass over more.
func ParseCursor(text string) (Cursor, error) {
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

// MarshalJSON writes the cursor as a caller has it, and null where there is no further page.
func (c Cursor) MarshalJSON() ([]byte, error) {
	if c == "" {
		return []byte("null"), nil
	}
	return []byte(`"` + c.String() + `"`), nil
}

// NextID returns an identifier that is greater than last, the greatest that was given so far, or
// empty: a UUID of version 7. Where the clock is behind last, which another instance may have given,
// it goes a millisecond beyond it (RFC 9562, section 6.2).
//
// A [Store] asks for it under the lock that keeps others from adding an item until this one can be
// seen. An identifier made earlier could come to light behind a cursor that has already passed it.
func NextID(last string) (string, error) {
	id, err := uuid.NewV7()
	if err != nil || id.String() > last {
		return id.String(), err
	}
	before, err := uuid.Parse(last)
	if err != nil {
		return "", err
	}
	const low = 1<<16 - 1 // version and sequence, beside the milliseconds in the first eight bytes
	milliseconds := binary.BigEndian.Uint64(before[:])>>16 + 1
	binary.BigEndian.PutUint64(id[:], milliseconds<<16|binary.BigEndian.Uint64(id[:])&low)
	return id.String(), nil
}
