package store_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"example.com/gatehouse/store"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestOutagesDifferFromMistakes(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want bool
	}{
		"a lost connection":                {&pgconn.PgError{Code: "08006"}, true},
		"a write to a replica":             {&pgconn.PgError{Code: "25006"}, true},
		"a wrong password":                 {&pgconn.PgError{Code: "28P01"}, true},
		"no such database":                 {&pgconn.PgError{Code: "3D000"}, true},
		"a statement that a pooler lost":   {&pgconn.PgError{Code: "26000"}, true},
		"a statement that a pooler has":    {&pgconn.PgError{Code: "42P05"}, true},
		"a deadlock":                       {&pgconn.PgError{Code: "40P01"}, true},
		"a full disk":                      {&pgconn.PgError{Code: "53100"}, true},
		"too many connections":             {&pgconn.PgError{Code: "53300"}, true},
		"a lock that is not available":     {&pgconn.PgError{Code: "55P03"}, true},
		"a statement timeout":              {&pgconn.PgError{Code: "57014"}, true},
		"a server that stops":              {&pgconn.PgError{Code: "57P01"}, true},
		"a server that starts":             {&pgconn.PgError{Code: "57P03"}, true},
		"a disk failure":                   {&pgconn.PgError{Code: "58030"}, true},
		"an incomplete response":           {io.ErrUnexpectedEOF, true},
		"a time limit":                     {context.DeadlineExceeded, true},
		"a refused connection":             {&net.OpError{Op: "dial", Err: errors.New("connection refused")}, true},
		"a broken connection":              {driver.ErrBadConn, true},
		"a value that is not a text":       {&pgconn.PgError{Code: "22021"}, false},
		"the same key twice":               {&pgconn.PgError{Code: "23505"}, false},
		"a transaction in the wrong state": {&pgconn.PgError{Code: "25P02"}, false},
		"a missing privilege":              {&pgconn.PgError{Code: "42501"}, false},
		"no such table":                    {&pgconn.PgError{Code: "42P01"}, false},
		"a row too large":                  {&pgconn.PgError{Code: "54000"}, false},
		"a table in use":                   {&pgconn.PgError{Code: "55006"}, false},
		"a bug in the server":              {&pgconn.PgError{Code: "XX000"}, false},
		"a code of another class":          {&pgconn.PgError{Code: "P0857"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := store.PostgresUnavailable(fmt.Errorf("wrapped: %w", test.err)); got != test.want {
				t.Errorf("unavailable is %v, want %v", got, test.want)
			}
		})
	}
}
