package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"example.com/gatehouse/problem"
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

// nextID returns the next identifier of the table, and locks it until the transaction ends.
func (t *Table[R, P]) nextID(ctx context.Context, tx *sql.Tx) (string, error) {
	var last string
	err := tx.QueryRowContext(ctx, t.sql.lastID).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return "", internal(fmt.Errorf("last_ids has no row for the table %s", t.name))
	}
	if err != nil {
		return "", err
	}
	id, err := newID(last)
	if err != nil {
		return "", internal(err)
	}
	_, err = tx.ExecContext(ctx, t.sql.setLastID, id)
	return id, err
}

// canonicalID returns the form that newID returns of an identifier whose letters have any case (RFC 9562, section
// 4), or problem.NotFound for any other text. PostgreSQL accepts other forms too, and fails on other texts.
func canonicalID(id string) (string, error) {
	parsed, err := uuid.Parse(id)
	if err != nil || !strings.EqualFold(parsed.String(), id) {
		return "", problem.RowAbsent
	}
	return parsed.String(), nil
}
