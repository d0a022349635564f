package store_test

import (
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

// A sample is a row with a column of every type.
type sample struct {
	store.Key
	Name     string     `db:"name"`
	Note     *string    `db:"note" json:"note,omitempty"`
	Done     bool       `db:"done"`
	Approved *bool      `db:"approved"`
	Priority int        `db:"priority"`
	Size     *int64     `db:"size"`
	Ratio    float64    `db:"ratio"`
	Due      time.Time  `db:"due"`
	Reminded *time.Time `db:"reminded"`
	Tags     []string   `db:"tags"`
	store.Times
}

type samples = store.Table[sample, *sample]

// sampleTable creates the table of samples. In PostgreSQL, TIMESTAMP has no time zone.
const sampleTable = `CREATE TABLE IF NOT EXISTS samples (
	id         CHAR(36)  NOT NULL PRIMARY KEY,
	issuer     TEXT      NOT NULL,
	subject    TEXT      NOT NULL,
	client     BOOLEAN   NOT NULL,
	version    BIGINT    NOT NULL,
	name       TEXT      NOT NULL,
	note       TEXT,
	done       BOOLEAN   NOT NULL,
	approved   BOOLEAN,
	priority   BIGINT    NOT NULL,
	size       BIGINT,
	ratio      FLOAT     NOT NULL,
	due        TIMESTAMP NOT NULL,
	reminded   TIMESTAMP,
	tags       TEXT,
	created_at TIMESTAMP NOT NULL,
	updated_at TIMESTAMP NOT NULL
)`

// open opens a database until the test ends.
func open(t *testing.T, address string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), address, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// samplesIn returns the samples in a database, and creates their table if there is none.
func samplesIn(t *testing.T, db *store.DB) *samples {
	t.Helper()
	table := sampleTable
	if db.Postgres() {
		table = strings.ReplaceAll(strings.ReplaceAll(table, "TIMESTAMP", "timestamptz"), "CHAR(36)", "uuid")
	}
	for _, statement := range []string{
		table,
		`CREATE INDEX IF NOT EXISTS samples_of_owner ON samples (issuer, subject, client, id)`,
		`INSERT INTO last_ids (name, id) VALUES ('samples', '00000000-0000-0000-0000-000000000000') ON CONFLICT DO NOTHING`,
	} {
		if err := db.Execute(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return store.NewTable[sample](db, "samples")
}

// part:sqlite:begin

// sqliteFile opens a new file, and returns its path too.
func sqliteFile(t *testing.T) (db *store.DB, path string) {
	t.Helper()
	address := storetest.SQLite(t)
	return open(t, address), strings.TrimPrefix(address, "sqlite:")
}

// part:sqlite:end

var (
	alice = store.Owner{Issuer: "https://id.example.com", Subject: "alice"}
	bob   = store.Owner{Issuer: "https://id.example.com", Subject: "bob"}
)

func create(t *testing.T, table *samples, owner store.Owner, name string) sample {
	t.Helper()
	row, err := table.Create(t.Context(), owner, sample{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func wantFound(t *testing.T, table *samples, want sample) {
	t.Helper()
	got, err := table.Get(t.Context(), want.Owner, want.ID)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v and the error %v, want %+v", got, err, want)
	}
}

// wantNames fails unless a page has the rows with the names, which are separated by spaces.
func wantNames(t *testing.T, page []sample, err error, want string) {
	t.Helper()
	names := make([]string, len(page))
	for i, row := range page {
		names[i] = row.Name
	}
	if got := strings.Join(names, " "); err != nil || got != want {
		t.Errorf("got the rows %q and the error %v, want %q", got, err, want)
	}
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got the error %v, want %v", err, want)
	}
}

// wantUnavailable fails unless an error is returned to callers as 503, with the time of a retry.
func wantUnavailable(t *testing.T, err error) {
	t.Helper()
	if got := problem.Of(err); got != problem.DatabaseUnavailable || got.RetryAfter < time.Second {
		t.Errorf("got the error %v, which is %+v", err, got)
	}
}

// concurrency is the number of goroutines of [concurrently].
const concurrency = 6

// concurrently runs a task in several goroutines, and returns how many of them ended with each error.
func concurrently(task func(i int) error) map[error]int {
	var all sync.WaitGroup
	var mu sync.Mutex
	counts := map[error]int{}
	for i := range concurrency {
		all.Go(func() {
			err := task(i)
			mu.Lock()
			defer mu.Unlock()
			counts[err]++
		})
	}
	all.Wait()
	return counts
}
