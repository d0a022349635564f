package store

import (
	"context"
	"database/sql"
	"errors"
	"reflect"

	"example.com/gatehouse/problem"
)

// checkReferences reports the columns that identify no row of the table that they refer to, and gives the others
// their canonical form. The row of another owner is rejected in the same words as one that does not exist (OWASP
// API1:2023), unless the table is shared.
func (t *Table[R, P]) checkReferences(ctx context.Context, tx *sql.Tx, row P) error {
	var wrong []problem.FieldError
	for _, c := range t.references {
		id := reflect.Indirect(reflect.ValueOf(row).Elem().FieldByIndex(c.index))
		if !id.IsValid() { // there is none
			continue
		}
		canonical, err := t.db.find(ctx, tx, c.refers, row.key().Owner, id.String())
		switch {
		case errors.Is(err, problem.NotFound):
			wrong = append(wrong, problem.FieldError{Pointer: "/" + c.member, Message: "identifies none of the caller's " + c.refers})
		case err != nil:
			return err
		default:
			id.SetString(canonical)
		}
	}
	return invalid(wrong)
}

// find returns the canonical form of an identifier, or problem.NotFound if the table has no such row for the owner.
func (d *DB) find(ctx context.Context, tx *sql.Tx, table string, owner Owner, id string) (string, error) {
	id, err := canonicalID(id)
	if err != nil {
		return "", err
	}
	var found Owner
	err = tx.QueryRowContext(ctx, `SELECT issuer, subject, client FROM "`+table+`" WHERE id = $1`, id).Scan(&found.Issuer, &found.Subject, &found.Client)
	if errors.Is(err, sql.ErrNoRows) || err == nil && found != owner && !d.shared[table] {
		return "", problem.NotFound
	}
	return id, err
}
