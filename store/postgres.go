package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Limits of the connections of one instance; several instances share a server.
const (
	maxConns       = 20
	connIdleTime   = 5 * time.Minute
	connLifetime   = 30 * time.Minute // so that an instance finds a server that moved to another address
	connectTimeout = 5 * time.Second
)

// limitLocks ends a statement that waits for a lock for long. Locks are held for milliseconds, unless an
// instance or an administrator left a transaction open. Unlike the time limit of the operation, it leaves the
// connection intact. It is part of the transaction, because PgBouncer rejects it as a parameter of the address.
const limitLocks = "SET LOCAL lock_timeout = '2s'"

// hasTables tells which of two tables the user may read.
const hasTables = "SELECT coalesce(has_table_privilege(to_regclass($1), 'SELECT'), false), coalesce(has_table_privilege(to_regclass($2), 'SELECT'), false)"

// postgresKinds is a server.
func postgresKinds() []kind {
	return []kind{{
		form: "postgres://USER:PASSWORD@HOST/DATABASE", schemes: []string{"postgres", "postgresql"},
		check: func(address string) error { _, err := parsePostgres(address); return err },
		open:  openPostgres,
	}}
}

// openPostgres returns a DB that connects when it is first used.
func openPostgres(address string, log *slog.Logger) (*DB, error) {
	config, err := parsePostgres(address)
	if err != nil {
		return nil, err
	}
	const creates = 2 // one has the lock of last_ids, and one waits for it; more would take connections from other writes
	var pooler pooler
	open := func() *sql.DB {
		db := stdlib.OpenDB(*config, stdlib.OptionBeforeConnect(pooler.configure))
		db.SetConnMaxIdleTime(connIdleTime)
		db.SetConnMaxLifetime(connLifetime)
		return db
	}
	return newDB(backend{
		migrations: "postgres", dialect: goose.DialectPostgres, forUpdate: " FOR UPDATE", begin: limitLocks, creates: creates,
		hasTables:   hasTables,
		decimal:     "CAST(%s AS numeric)",
		connections: maxConns, writers: func(total int) int { return total / 2 },
		present: func() error { return nil }, unavailable: postgresUnavailable, lock: lockServer,
		referenced: func(err error) bool { return postgresCode(err) == "23503" },
		forbidden:  func(err error) bool { return slices.Contains([]string{"42501", "3F000"}, postgresCode(err)) },
	}, open(), open(), open(), log), nil
}

// parsePostgres reads an address. The error does not repeat it, because it contains a password.
func parsePostgres(address string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, errors.New("it is not an address such as postgres://user:password@host:5432/database?sslmode=verify-full")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	return config, nil
}

// lockServer waits until no other instance holds the advisory lock, or ctx is done. The lock belongs to a
// transaction: with PgBouncer in transaction mode, one of a session would stay on a connection that others get.
// It is tried every second, because a statement that waits would block a migration that creates an index
// concurrently.
func lockServer(ctx context.Context, db *sql.DB) (unlock func(), err error) {
	for {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return nil, err
		}
		locked := false
		if err := tx.QueryRowContext(ctx, tryLock, lock.DefaultLockID).Scan(&locked); err != nil || locked {
			return func() { tx.Rollback() }, err
		}
		if err := tx.Rollback(); err != nil {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// tryLock takes the lock if it is free, and lets the transaction be idle while other connections migrate.
const tryLock = `SELECT pg_try_advisory_xact_lock($1) FROM (
	SELECT count(set_config(name, '0', true)) FROM pg_settings
	WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')) AS timeouts`

// postgresCode returns the code of an error (PostgreSQL, appendix A), or nothing if it does not come from the server.
func postgresCode(err error) string {
	if failed, ok := errors.AsType[*pgconn.PgError](err); ok {
		return failed.Code
	}
	return ""
}

// postgresUnavailable reports whether an error is about the server or the connection to it, and not about
// the query. The first two characters of a code are its class.
func postgresUnavailable(err error) bool {
	code := postgresCode(err)
	switch code[:min(2, len(code))] {
	case "", // the error does not come from the server
		"08", // connection exception
		"26", // invalid SQL statement name: a pooler lost a prepared statement
		"28", // invalid authorization
		"3D", // no such database
		"40", // transaction rollback: a deadlock, for example
		"53", // insufficient resources: disk, memory, connections
		"57", // operator intervention: a shutdown, for example
		"58": // system error
		return true
	}
	const readOnly, lockNotAvailable, duplicatePrepared = "25006", "55P03", "42P05"
	return slices.Contains([]string{readOnly, lockNotAvailable, duplicatePrepared}, code)
}
