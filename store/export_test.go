package store

import (
	"context"
	"time"
)

// SetClock sets what Ready goes by.
func (d *Database) SetClock(now func() time.Time) { d.pulse.now = now }

// Setting returns what the connection that changes items says of itself.
func (d *Database) Setting(ctx context.Context, query string) (value string, err error) {
	err = d.write.QueryRowContext(ctx, query).Scan(&value)
	return value, err
}

// Execute runs a statement behind the store's back.
func (d *Database) Execute(ctx context.Context, statement string) error {
	_, err := d.write.ExecContext(ctx, statement)
	return err
}

// PostgresTrouble tells a server in trouble from a mistake.
func PostgresTrouble(err error) bool { return postgresTrouble(err) }
