package store

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A pooler chooses how connections execute queries. Prepared statements save half of the time of a query, but
// PgBouncer in transaction mode gives the next query another connection to the server, which has not prepared it
// or already has.
type pooler struct {
	mu      sync.Mutex
	known   bool
	between bool // whether there is a pooler between this program and the server
}

// configure changes the configuration of a connection. The first time, it makes a connection to find out.
func (p *pooler) configure(ctx context.Context, config *pgx.ConnConfig) (err error) {
	if strings.Contains(config.ConnString(), "default_query_exec_mode=") {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.known {
		if p.between, err = isPooled(ctx, &config.Config); err != nil {
			return err
		}
		p.known = true
	}
	if p.between {
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
	}
	return nil
}

// isPooled reports whether the process that executes a query is another one than the process that accepted the
// connection.
func isPooled(ctx context.Context, config *pgconn.Config) (bool, error) {
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return false, err
	}
	defer conn.Close(ctx)
	results, err := conn.Exec(ctx, "SELECT pg_backend_pid()").ReadAll()
	if err != nil {
		return false, err
	}
	return string(results[0].Rows[0][0]) != strconv.FormatUint(uint64(conn.PID()), 10), nil
}
