package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
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

// openPostgres returns a DB that connects when it is first used.
func openPostgres(address string, log *slog.Logger) (*DB, error) {
	config, err := parsePostgres(address)
	if err != nil {
		return nil, err
	}
	const creates = 2 // one has the lock of last_ids, and one waits for it; more would take connections from other writes
	open := func() *sql.DB {
		db := stdlib.OpenDB(*config)
		db.SetConnMaxIdleTime(connIdleTime)
		db.SetConnMaxLifetime(connLifetime)
		return db
	}
	return newDB(backend{
		migrations: "postgres", dialect: goose.DialectPostgres, forUpdate: " FOR UPDATE", begin: limitLocks, creates: creates,
		connections: maxConns, split: splitPostgres, unavailable: postgresUnavailable, migrationLock: sessionLock,
	}, open(), open(), open(), log), nil
}

// splitPostgres gives reads and writes as many connections, so that reads do not wait for writes that wait for
// a lock.
func splitPostgres(total int) (read, write int) {
	write = max(total/2, 1)
	return max(total-1-write, 1), write
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

// sessionLock is an advisory lock, which PostgreSQL holds as long as the connection lasts. An instance that
// does not get it tries again every second, for five minutes. A statement that waits for the lock would block
// a migration that creates an index concurrently.
func sessionLock(ctx context.Context, db *sql.DB) (goose.ProviderOption, error) {
	if err := mayCreate(ctx, db); err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	return goose.WithSessionLocker(locker), err
}

// postgresUnavailable reports whether an error is about the server or the connection to it, and not about
// the query. An error that does not come from the server is about the connection. The classes are those of
// appendix A of the PostgreSQL manual.
func postgresUnavailable(err error) bool {
	failed, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return true
	}
	const readOnly, lockNotAvailable = "25006", "55P03"
	switch failed.Code {
	case readOnly, lockNotAvailable:
		return true
	}
	for _, class := range []string{
		"08", // connection exception
		"28", // invalid authorization
		"3D", // no such database
		"40", // transaction rollback: a deadlock, for example
		"53", // insufficient resources: disk, memory, connections
		"57", // operator intervention: a shutdown, for example
		"58", // system error
	} {
		if strings.HasPrefix(failed.Code, class) {
			return true
		}
	}
	return false
}

// insufficientPrivilege is the code of what the user may not do.
const insufficientPrivilege = "42501"

func postgresForbids(err error) bool {
	failed, ok := errors.AsType[*pgconn.PgError](err)
	return ok && failed.Code == insufficientPrivilege
}

// mayCreate returns the server's error for an empty database in which the user may not create tables. The
// migration itself would return it only after three seconds of retries.
func mayCreate(ctx context.Context, db *sql.DB) error {
	may := false
	err := db.QueryRowContext(ctx, `SELECT to_regclass('goose_db_version') IS NOT NULL
		OR coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)`).Scan(&may)
	if err == nil && !may {
		err = &pgconn.PgError{Severity: "ERROR", Code: insufficientPrivilege, Message: "permission denied to create tables"}
	}
	return err
}
