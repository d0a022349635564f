//go:build postgres

package store_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
	"example.com/gatehouse/telemetry/logtest"
	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

func TestPostgresTable(t *testing.T) {
	testTable(t, func(t *testing.T) opener {
		address := storetest.Postgres(t)
		return func(t *testing.T) *store.DB { return open(t, address) }
	})
}

func TestInstancesOpenAServerAtOnce(t *testing.T) { openAtOnce(t, storetest.Postgres(t)) }

func TestOneInstanceMigratesAServer(t *testing.T) {
	address := storetest.Postgres(t)
	other, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Exec(t.Context(), "SELECT pg_advisory_lock($1)", lock.DefaultLockID); err != nil {
		t.Fatal(err)
	}
	wantMigrationWaits(t, address, func() error { return other.Close(t.Context()) })
}

func TestServersOfEarlierVersionsAreMigrated(t *testing.T) {
	address := storetest.Postgres(t)
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	testMigrations(t, address, goose.DialectPostgres, "postgres", db)
}

// throughProxy opens a new database through a proxy, and probes its readiness at every call. It also returns
// the address of the server.
func throughProxy(t *testing.T, p *proxy) (*store.DB, string) {
	t.Helper()
	direct := storetest.Postgres(t)
	db := open(t, p.forward(t, direct))
	now := time.Now()
	db.SetClock(func() time.Time { now = now.Add(time.Second); return now })
	return db, direct
}

func TestServersAreReconnected(t *testing.T) {
	for name, fault := range map[string]fault{"connections end": disconnects, "connections are silent": drops} {
		t.Run(name, func(t *testing.T) {
			p := newProxy(t)
			db, direct := throughProxy(t, p)
			table := samplesIn(t, db)
			db.Timeout = 200 * time.Millisecond
			row := create(t, table, alice, "before")
			wantReady(t, db, "")

			p.set(fault)
			for range 3 {
				_, err := table.Get(t.Context(), alice, row.ID)
				wantUnavailable(t, err)
				_, err = table.Create(t.Context(), alice, sample{Name: "lost"})
				wantUnavailable(t, err)
				wantUnavailable(t, table.Delete(t.Context(), row.ID, row.Version))
			}
			begun := time.Now()
			wantReady(t, db, noAnswer)
			if took := time.Since(begun); took > 3*time.Second {
				t.Errorf("a probe takes %s", took)
			}

			p.set(none)
			db.Timeout = time.Minute
			wantReady(t, db, "")
			wantFound(t, table, row)
			create(t, table, alice, "after")
			rows, _, err := samplesIn(t, open(t, direct)).ListAll(t.Context(), "", 10)
			wantNames(t, rows, err, "before after")
		})
	}
}

// Every acknowledged row is stored. A row that was not acknowledged may be stored too: the response to a
// commit can be lost after the commit.
func TestAcknowledgedWritesSurviveDisconnects(t *testing.T) {
	p := newProxy(t)
	db, direct := throughProxy(t, p)
	table := samplesIn(t, db)
	table.Limit = 100_000
	acknowledged := make(chan sample, 10_000)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan map[error]int)
	go func() {
		done <- concurrently(func(int) error {
			for ctx.Err() == nil {
				row, err := table.Create(t.Context(), alice, sample{})
				switch {
				case err == nil:
					acknowledged <- row
				case !errors.Is(err, problem.DatabaseUnavailable):
					return err
				}
			}
			return nil
		})
	}()
	var created []sample
	for range 10 {
		for range 10 {
			created = append(created, <-acknowledged)
		}
		p.set(disconnects)
		p.set(none)
	}
	stop()
	if got := <-done; got[nil] != concurrency {
		t.Errorf("creates end with %v", got)
	}
	close(acknowledged)
	for row := range acknowledged {
		created = append(created, row)
	}
	stored := map[string]bool{}
	rows, _, err := samplesIn(t, open(t, direct)).ListAll(t.Context(), "", 100_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		stored[row.ID] = true
	}
	for _, row := range created {
		if !stored[row.ID] {
			t.Errorf("%s was acknowledged and is lost", row.ID)
		}
	}
}

func TestTheAPIStartsWithoutItsServer(t *testing.T) {
	p := newProxy(t)
	p.set(disconnects)
	db, _ := throughProxy(t, p)
	wantReady(t, db, notMigrated)
	_, _, err := store.NewItems(db).ListAll(t.Context(), "", 1)
	wantUnavailable(t, err)
	p.set(none)
	awaitReady(t, db)
	create(t, samplesIn(t, db), alice, "Lantern")
}

func TestServersWithoutAccessAreUnavailable(t *testing.T) {
	for name, change := range map[string]func(*url.URL, url.Values){
		"an unknown database": func(u *url.URL, _ url.Values) { u.Path = "/nowhere" },
		"an unknown user":     func(u *url.URL, _ url.Values) { u.User = url.UserPassword("nobody", "secret") },
		"a replica":           func(_ *url.URL, q url.Values) { q.Set("default_transaction_read_only", "on") },
	} {
		t.Run(name, func(t *testing.T) {
			address, err := url.Parse(storetest.Postgres(t))
			if err != nil {
				t.Fatal(err)
			}
			query := address.Query()
			change(address, query)
			address.RawQuery = query.Encode()
			var log logtest.Buffer
			db, err := store.Open(t.Context(), address.String(), slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = store.NewItems(db).ListAll(t.Context(), "", 1)
			wantUnavailable(t, err)
			db.Close()
			if !strings.Contains(log.String(), "the database cannot be used yet") || strings.Contains(log.String(), "secret") {
				t.Errorf("the log says %s", &log)
			}
		})
	}
}

func TestAcknowledgedWritesToAServerSurviveAKill(t *testing.T) {
	killAndCompare(t, storetest.Postgres(t))
}
