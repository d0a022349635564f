package store

import (
	"context"
	"database/sql"

	"modernc.org/sqlite"
)

// OpenPrepared opens a database whose connections prepare each statement once.
func OpenPrepared(source string) (*sql.DB, error) { return openPrepared(source) }

// MaxStatements is how many prepared statements a connection has.
const MaxStatements = maxStatements

// PreparedStatements returns how many statements a connection of the driver has prepared.
func PreparedStatements(conn any) int { return len(conn.(*preparedConn).idle) }

// Waiting returns how many writes wait for the connection that writes.
func (d *DB) Waiting() int {
	b := d.sharer.(*batcher)
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting)
}

// OnCommit calls a function before every commit, which fails unless the function returns true.
func (d *DB) OnCommit(ctx context.Context, allowed func() bool) error {
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(conn any) error {
		conn.(*preparedConn).sqliteConn.(sqlite.HookRegisterer).RegisterCommitHook(func() int32 {
			if allowed() {
				return 0
			}
			return 1
		})
		return nil
	})
}

// Change is the transaction of a change of one row.
func (d *DB) Change(ctx context.Context, steps func(context.Context, *sql.Tx) error) error {
	return d.change(ctx, steps)
}
