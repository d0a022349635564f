package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"
)

// Targets of creates, which wait for each other: the rate against that of a loop that writes to the same database
// alone, and the tail of the response times against their middle.
var writeTargets = map[string]struct{ rate, tail float64 }{"SQLite": {2, 3}, "PostgreSQL": {0.7, 4}}

// insert creates an item in one statement.
const insert = `INSERT INTO items (id, issuer, subject, client, version, name, description, created_at, updated_at)
	VALUES ($1, 'loop', $2, false, 1, 'Lantern', 'Hangs over the gate of the harbour, and is lit every evening at dusk.', $3, $3)`

// measureWrites measures creates over all connections beside a loop on one connection to the same database. On
// SQLite, the loop commits one INSERT after the other. On PostgreSQL, it executes what the API executes for a create.
func measureWrites(ctx context.Context, b *bench, r *report) error {
	i := startIssuer("RS256")
	defer i.close()
	b.progress.Printf("writes: building the server")
	program, err := build(ctx)
	if err != nil {
		return err
	}
	defer program.remove()
	databases, remove, err := b.databases(ctx)
	if err != nil {
		return err
	}
	defer remove()
	var all []*operation
	for _, d := range databases {
		l, stop, err := program.serve(ctx, i, d)
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		defer stop()
		db, err := openRaw(d.url)
		if err != nil {
			return err
		}
		defer db.Close()
		loop := &operation{name: d.name + ": loop", loop: func() (sample, error) { return rawWrites(ctx, db, d.name, b.some(roundWrites)) }}
		all = append(all, loop, createOperation(d.name+": POST /items", loop, l, creatorTokens(i), b.some(roundWrites)))
	}
	b.progress.Printf("writes: requests")
	if err := measure(ctx, b.rounds, groupsOf(all)); err != nil {
		return err
	}
	reportWrites(b, r, databases, all)
	return nil
}

func createOperation(name string, base *operation, l *load, tokens []string, n int) *operation {
	requests := make([][]byte, n)
	for k := range requests {
		requests[k] = creation(tokens[k%len(tokens)])
	}
	return &operation{name: name, base: base, load: l, status: http.StatusCreated, next: func() [][]byte { return requests }}
}

// openRaw opens a database that the API has created, with one connection that commits as safely as the API.
func openRaw(address string) (*sql.DB, error) {
	driver, source := "pgx", address
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, source = "sqlite", "file:"+path+"?mode=rw&_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_time_format=sqlite"
	}
	db, err := sql.Open(driver, source)
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// rawWrites creates n items, one after the other.
func rawWrites(ctx context.Context, db *sql.DB, kind string, n int) (sample, error) {
	create := createLikeTheAPI
	if kind == "SQLite" {
		statement, err := db.PrepareContext(ctx, insert)
		if err != nil {
			return sample{}, err
		}
		defer statement.Close()
		create = func(ctx context.Context, _ *sql.DB, subject string) error {
			_, err := statement.ExecContext(ctx, uuid.Must(uuid.NewV7()).String(), subject, time.Now().UTC())
			return err
		}
	}
	took := make([]time.Duration, n)
	began := time.Now()
	for k := range took {
		start := time.Now()
		if err := create(ctx, db, fmt.Sprint("loop-", k%creators)); err != nil {
			return sample{}, err
		}
		took[k] = time.Since(start)
	}
	return sample{rate: float64(n) / time.Since(began).Seconds(), p50: median(took), p99: p99(took)}, nil
}

// createLikeTheAPI executes the statements of a create.
func createLikeTheAPI(ctx context.Context, db *sql.DB, subject string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var last string
	var count int
	if _, err := tx.ExecContext(ctx, "SET LOCAL lock_timeout = '2s'"); err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, "SELECT id FROM last_ids WHERE name = 'items' FOR UPDATE").Scan(&last); err != nil {
		return err
	}
	id := uuid.Must(uuid.NewV7()).String()
	if _, err := tx.ExecContext(ctx, "UPDATE last_ids SET id = $1 WHERE name = 'items'", id); err != nil {
		return err
	}
	row := tx.QueryRowContext(ctx, "SELECT count(*) FROM items WHERE issuer = 'loop' AND subject = $1 AND client = false", subject)
	if err := row.Scan(&count); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, insert, id, subject, time.Now().UTC()); err != nil {
		return err
	}
	return tx.Commit()
}

func reportWrites(b *bench, r *report, databases []database, all []*operation) {
	rows := [][]string{{"", "writes/s", "p50", "p99", "writes/s", "p99 / p50"}}
	var targets []target
	for k, o := range all {
		rate, tail := o.ratio(sample.perSecond), median(each(o.samples, func(s sample) float64 { return s.tail() / s.middle() }))
		rows = append(rows, []string{o.name, number(o.median(sample.perSecond)), microseconds(o.median(sample.middle)), microseconds(o.median(sample.tail)), ratio(rate), ratio(tail)})
		if o.base != nil {
			want := writeTargets[databases[k/2].name]
			targets = append(targets,
				target{"writes/s, " + o.name, ratio(rate), "at least " + ratio(want.rate), rate >= want.rate},
				target{"p99 / p50, " + o.name, ratio(tail), "at most " + ratio(want.tail), tail <= want.tail})
		}
	}
	r.heading("Creates that wait for each other")
	r.paragraph("%d connections that create items of %d callers, beside a loop on one connection to the same database: on SQLite one INSERT and "+
		"its commit after the other, on PostgreSQL the statements of a create. All writes are on the disk before the response. "+
		"The column of ratios is against the loop in the same round; medians of %d rounds.", connections, creators, b.rounds)
	r.table(rows...)
	r.targets(targets...)
	if b.postgres == "" {
		r.paragraph(noPostgres)
	}
}
