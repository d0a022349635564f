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

// Limits of the connections to a server, of which several instances share one.
const (
	maxConns     = 10
	connIdle     = 5 * time.Minute
	connLifetime = 30 * time.Minute // so that a server that moved is found at its new address
	connPatience = 5 * time.Second
)

// openPostgres returns a DB that connects when it is first used.
func openPostgres(address string, log *slog.Logger) (*DB, error) {
	config, err := parsePostgres(address)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(maxConns)
	db.SetMaxIdleConns(maxConns)
	db.SetConnMaxIdleTime(connIdle)
	db.SetConnMaxLifetime(connLifetime)
	return newDB(kind{
		name: "postgres", dialect: goose.DialectPostgres, lock: " FOR UPDATE", trouble: postgresTrouble,
		exclusive: sessionLock,
	}, db, db, log), nil
}

// parsePostgres reads an address. The error does not repeat it: there is a password in it.
func parsePostgres(address string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, errors.New("it is not an address such as postgres://user:password@host:5432/database?sslmode=verify-full")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connPatience
	}
	return config, nil
}

// sessionLock is an advisory lock, which PostgreSQL holds as long as the connection lasts. Whoever
// does not get it asks again every second, for five minutes. A statement that waited for it would
// itself be waited for by a migration that creates an index concurrently.
func sessionLock(context.Context, *sql.DB) (goose.ProviderOption, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	return goose.WithSessionLocker(locker), err
}

// postgresTrouble reports whether an error is of the server or of the way to it, and not of the
// query. Whatever the server itself did not say is of reaching it. The classes are those of appendix
// A of PostgreSQL's manual.
func postgresTrouble(err error) bool {
	said, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return true
	}
	const readOnly, lockNotAvailable = "25006", "55P03"
	switch said.Code {
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
		if strings.HasPrefix(said.Code, class) {
			return true
		}
	}
	return false
}
