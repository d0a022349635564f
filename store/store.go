// Package store keeps items in SQL: in a file (SQLite) or in a server (PostgreSQL). Begin with
// database.go, where the queries are.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"example.com/gatehouse/handlers"
)

// A Store keeps items until it is closed; whatever it acknowledged is there when it is opened again.
type Store interface {
	handlers.Store
	io.Closer
}

// Open opens the store at an address:
//
//	sqlite:items.db                             a file, which is made if it is not there
//	postgres://user:password@host/database      a server; the query may have what libpq knows, sslmode for example
//	memory:                                     nothing that outlives the program
//
// It brings the schema up to date, under a lock: several instances may be started at once. A server
// that does not answer is asked again until ctx is done. Meanwhile every operation is
// handlers.DatabaseUnavailable, and Ready says so. The error is that of an address, a file or a
// schema that cannot be used.
func Open(ctx context.Context, address string, log *slog.Logger) (Store, error) {
	if address == "memory:" {
		return forgetful{handlers.NewMemory()}, nil
	}
	d, err := connect(address, log)
	if err != nil {
		return nil, err
	}
	if err := d.prepare(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// CheckAddress reports what is wrong with an address. The error has no password in it.
func CheckAddress(address string) error {
	scheme, rest, _ := strings.Cut(address, ":")
	switch scheme {
	case "sqlite":
		return checkPath(rest)
	case "postgres", "postgresql":
		_, err := parsePostgres(address)
		return err
	}
	if address != "memory:" {
		return errors.New("it is none of memory:, sqlite:FILE and postgres://USER:PASSWORD@HOST/DATABASE")
	}
	return nil
}

func connect(address string, log *slog.Logger) (*Database, error) {
	if err := CheckAddress(address); err != nil {
		return nil, err
	}
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		return openSQLite(path, log)
	}
	return openPostgres(address, log)
}

// forgetful is a Store that keeps nothing.
type forgetful struct{ *handlers.Memory }

// Close does nothing.
func (forgetful) Close() error { return nil }

// wrap says of an error where it comes from.
func wrap(err error) error { return fmt.Errorf("database: %w", err) }
