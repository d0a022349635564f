package store

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A pooler chooses how connections execute queries. Prepared statements save half of the time of a query, but
// PgBouncer in transaction mode gives the next query another connection to the server, which has not prepared it.
type pooler struct {
	mu    sync.Mutex
	found *bool // whether there is a pooler between this program and the server; nil before the first connection
}

// configure changes the configuration of a connection, unless its address says how to execute queries.
func (p *pooler) configure(ctx context.Context, config *pgx.ConnConfig) (err error) {
	if strings.Contains(config.ConnString(), "default_query_exec_mode=") {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		if p.found, err = findPooler(ctx, &config.Config); err != nil {
			return err
		}
	}
	if *p.found {
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
	}
	return nil
}

// findPooler reports whether another process executes queries than the one that accepts the connection.
func findPooler(ctx context.Context, config *pgconn.Config) (*bool, error) {
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	results, err := conn.Exec(ctx, "SELECT pg_backend_pid()").ReadAll()
	if err != nil {
		return nil, err
	}
	return new(string(results[0].Rows[0][0]) != fmt.Sprint(conn.PID())), nil
}
