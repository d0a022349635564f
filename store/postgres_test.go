//go:build postgres

package store_test

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3/lock"
)

func TestPostgres(t *testing.T) {
	suite(t, func(t *testing.T) opener { return instances(storetest.Postgres(t)) })
}

func TestSeveralInstancesOpenAServerAtOnce(t *testing.T) { openAtOnce(t, storetest.Postgres(t)) }

func TestAServerIsMigratedByOneInstanceAtATime(t *testing.T) {
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

// through returns a store that reaches an empty schema through a wire that can be cut.
func through(t *testing.T, w *wire) (*store.Database, opener) {
	t.Helper()
	direct := storetest.Postgres(t)
	open := instances(w.to(t, direct))
	d := open(t, roomy).(*store.Database)
	d.SetClock(func() func() time.Time {
		now := time.Now()
		return func() time.Time { now = now.Add(time.Second); return now } // every look is a new one
	}())
	return d, instances(direct)
}

func TestAServerThatGoesAwayIsFoundAgain(t *testing.T) {
	for name, fault := range map[string]fault{"it refuses": refuses, "it is silent": silent} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			d, direct := through(t, w)
			d.Timeout = 200 * time.Millisecond
			item := create(t, d, alice, "before")
			wantReady(t, d, "")

			w.breaks(fault)
			for range 3 {
				_, err := d.Get(t.Context(), item.ID)
				wantUnavailable(t, err)
				_, err = d.Create(t.Context(), handlers.Item{Owner: alice, Name: "lost"})
				wantUnavailable(t, err)
				wantUnavailable(t, d.Delete(t.Context(), item.ID, item.Version))
			}
			wantReady(t, d, noAnswer)

			w.breaks(nothing)
			d.Timeout = time.Minute
			wantReady(t, d, "")
			wantFound(t, d, item)
			create(t, d, alice, "after")
			if all, err := direct(t, roomy).ListAll(t.Context(), "", 10); err != nil || names(all) != "before after" {
				t.Errorf("%s are kept, and the error is %v", names(all), err)
			}
		})
	}
}

// Whatever was acknowledged while the server came and went is there. What was not may be there or
// not: the answer to a commit can be lost with the commit made.
func TestWhatWasAcknowledgedSurvivesAServerThatComesAndGoes(t *testing.T) {
	w := newWire(t)
	d, direct := through(t, w)
	acknowledged := make(chan handlers.Item, 10_000)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan map[error]int)
	go func() {
		done <- together(func(int) error {
			for ctx.Err() == nil {
				item, err := d.Create(t.Context(), handlers.Item{Owner: alice})
				switch {
				case err == nil:
					acknowledged <- item
				case !errors.Is(err, problem.DatabaseUnavailable):
					return err
				}
			}
			return nil
		})
	}()
	var kept []handlers.Item
	for range 10 {
		for range 10 {
			kept = append(kept, <-acknowledged)
		}
		w.breaks(refuses)
		w.breaks(nothing)
	}
	stop()
	if got := <-done; got[nil] != crowd {
		t.Errorf("creating ends with %v", got)
	}
	close(acknowledged)
	for item := range acknowledged {
		kept = append(kept, item)
	}
	found := map[string]bool{}
	all, err := direct(t, roomy).ListAll(t.Context(), "", 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range all {
		found[item.ID] = true
	}
	for _, item := range kept {
		if !found[item.ID] {
			t.Errorf("%s was acknowledged and is lost", item.ID)
		}
	}
}

func TestAStoreStartsWithoutItsServer(t *testing.T) {
	w := newWire(t)
	w.breaks(refuses)
	d, _ := through(t, w)
	wantReady(t, d, unprepared)
	_, err := d.ListAll(t.Context(), "", 1)
	wantUnavailable(t, err)
	w.breaks(nothing)
	await(t, d)
	create(t, d, alice, "Lantern")
}

func TestAServerThatMayNotBeUsedIsUnavailable(t *testing.T) {
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
			var log strings.Builder
			s, err := store.Open(t.Context(), address.String(), slog.New(slog.NewTextHandler(&lockedWriter{to: &log}, nil)))
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.ListAll(t.Context(), "", 1)
			wantUnavailable(t, err)
			s.Close()
			if !strings.Contains(log.String(), "the database cannot be used yet") || strings.Contains(log.String(), "secret") {
				t.Errorf("the log says %s", &log)
			}
		})
	}
}

func TestAServerLosesNothingToAKill(t *testing.T) { killAndCompare(t, storetest.Postgres(t)) }
