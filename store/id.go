package store

import (
	"encoding/binary"

	"github.com/google/uuid"
)

// newID returns a UUID of version 7 that is greater than last, the greatest identifier of the table so far.
// Where the clock is behind that of the instance that created last, newID takes the millisecond after it
// (RFC 9562, section 6.2).
//
// It is called under a lock that is held until the row is visible. Without the lock, a row could become
// visible behind a cursor that has already passed its identifier.
func newID(last string) (string, error) {
	id, err := uuid.NewV7()
	if err != nil || id.String() > last {
		return id.String(), err
	}
	before, err := uuid.Parse(last)
	if err != nil {
		return "", err
	}
	const low = 1<<16 - 1 // version and sequence, which follow 48 bits of milliseconds
	milliseconds := binary.BigEndian.Uint64(before[:])>>16 + 1
	binary.BigEndian.PutUint64(id[:], milliseconds<<16|binary.BigEndian.Uint64(id[:])&low)
	return id.String(), nil
}

// isCanonical reports whether an identifier has the form that newID returns. PostgreSQL accepts other forms
// of the same identifier, and fails on any other text.
func isCanonical(id string) bool {
	parsed, err := uuid.Parse(id)
	return err == nil && parsed.String() == id
}
