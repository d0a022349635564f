package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
)

// backends are the processes of a PostgreSQL server on this machine, those of its connections included.
type backends struct {
	conn *pgx.Conn
	used map[int]time.Duration // by process; also of those that ended
}

// findBackends returns nil for a server whose processes are not those of this machine.
func findBackends(ctx context.Context, server string) (*backends, error) {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return nil, err
	}
	b := &backends{conn, map[int]time.Duration{}}
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", conn.PgConn().PID()))
	if err != nil || string(name) != "postgres\n" {
		b.close()
		return nil, nil
	}
	return b, nil
}

func (b *backends) close() {
	if b != nil {
		b.conn.Close(context.Background())
	}
}

// processorTime is 0 without a server.
func (b *backends) processorTime() (sum time.Duration, err error) {
	if b == nil {
		return 0, nil
	}
	rows, err := b.conn.Query(context.Background(), "SELECT pid FROM pg_stat_activity")
	if err != nil {
		return 0, err
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[int])
	for _, pid := range all {
		if used, err := processorTime(pid); err == nil { // it may have ended
			b.used[pid] = used
		}
	}
	for _, used := range b.used {
		sum += used
	}
	return sum, err
}
