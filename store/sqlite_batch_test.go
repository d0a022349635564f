package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
)

// A batch is writes that wait for a file, and their errors.
type batch struct {
	t       *testing.T
	db      *store.DB
	release func()
	ended   sync.WaitGroup
}

// newBatch occupies the connection that writes, so that writes wait.
func newBatch(t *testing.T, db *store.DB) *batch {
	return &batch{t: t, db: db, release: db.Occupy(t.Context())}
}

// add starts a write, and returns when it waits. Its error is available after commit.
func (b *batch) add(write func() error) *error {
	b.t.Helper()
	waiting, err := b.db.Waiting(), new(error)
	b.ended.Go(func() { *err = write() })
	for b.db.Waiting() == waiting {
		time.Sleep(time.Millisecond)
	}
	return err
}

// commit lets the writes continue, and returns when all have ended.
func (b *batch) commit() {
	b.release()
	b.ended.Wait()
}

func TestWaitingWritesShareACommit(t *testing.T) {
	db, _ := sqliteFile(t)
	table := samplesIn(t, db)
	changed, deleted, stale := create(t, table, alice, "before"), create(t, table, bob, "deleted"), create(t, table, bob, "stale")
	stale.Version = 7
	table.Limit = 3
	commits := 0
	if err := db.OnCommit(t.Context(), func() bool { commits++; return true }); err != nil {
		t.Fatal(err)
	}
	b := newBatch(t, db)
	creation := func(name string) func() error {
		return func() error { _, err := table.Create(t.Context(), alice, sample{Name: name}); return err }
	}
	for _, write := range []struct {
		do   func() error
		want error
	}{
		{creation("first"), nil},
		{func() error { changed.Name = "after"; _, err := table.Update(t.Context(), changed); return err }, nil},
		{func() error { _, err := table.Update(t.Context(), stale); return err }, problem.PreconditionFailed},
		{creation("second"), nil},
		{creation("one too many"), problem.LimitReached},
		{func() error { return table.Delete(t.Context(), deleted.ID, deleted.Version) }, nil},
		{func() error { return table.Delete(t.Context(), deleted.ID, store.AnyVersion) }, problem.NotFound},
		{func() error { _, err := table.Create(t.Context(), bob, sample{Name: "last"}); return err }, nil},
	} {
		err := b.add(write.do)
		defer func() { wantError(t, *err, write.want) }()
	}
	b.commit()
	rows, _, err := table.ListAll(t.Context(), "", 10)
	wantNames(t, rows, err, "after stale first second last") // in the order in which they came
	if commits != 2 {                                        // with that of the write for which they waited
		t.Errorf("there were %d commits, want 2", commits)
	}
}

func TestCanceledWritesLeaveTheirBatch(t *testing.T) {
	db, _ := sqliteFile(t)
	table := samplesIn(t, db)
	b := newBatch(t, db)
	var canceled []func()
	for i := range 4 {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := b.add(func() error { _, err := table.Create(ctx, alice, sample{Name: fmt.Sprint(i)}); return err })
		if i%2 == 0 { // the first one is the next that gets the connection
			canceled = append(canceled, cancel)
			defer func() { wantError(t, *err, context.Canceled) }()
		} else {
			defer func() { wantError(t, *err, nil) }()
		}
	}
	for _, cancel := range canceled {
		cancel()
	}
	for b.db.Waiting() > 2 { // without the connection
		time.Sleep(time.Millisecond)
	}
	b.commit()
	rows, _, err := table.List(t.Context(), alice, "", 10)
	wantNames(t, rows, err, "1 3")
}

// SQLite rolls back a transaction in which a statement is interrupted.
func TestABatchOutlivesItsFirstCaller(t *testing.T) {
	db, _ := sqliteFile(t)
	table := samplesIn(t, db)
	b := newBatch(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	first := b.add(func() error {
		return db.Change(ctx, func(ctx context.Context, tx *sql.Tx) error {
			cancel()
			_, err := tx.ExecContext(ctx, "UPDATE last_ids SET id = id")
			return err
		})
	})
	second := b.add(func() error { _, err := table.Create(t.Context(), alice, sample{Name: "second"}); return err })
	b.commit()
	wantError(t, *first, nil)
	wantError(t, *second, nil)
	rows, _, err := table.List(t.Context(), alice, "", 10)
	wantNames(t, rows, err, "second")
}

// What is acknowledged is on the disk: none of the writes is when their commit fails, or when SQLite has rolled back
// what came before one of them.
func TestBrokenBatchesAcknowledgeNothing(t *testing.T) {
	for name, broken := range map[string]func(*store.DB) error{
		"the commit fails": func(db *store.DB) error { return db.OnCommit(t.Context(), func() bool { return false }) },
		"the disk is full": func(db *store.DB) error { return db.Execute(t.Context(), "PRAGMA max_page_count = 1") },
	} {
		t.Run(name, func(t *testing.T) {
			db, _ := sqliteFile(t)
			table := samplesIn(t, db)
			if err := broken(db); err != nil {
				t.Fatal(err)
			}
			b := newBatch(t, db)
			var all []*error
			for i := range 3 {
				note := strings.Repeat("-", 100_000)
				all = append(all, b.add(func() error {
					_, err := table.Create(t.Context(), alice, sample{Name: fmt.Sprint(i), Note: &note})
					return err
				}))
			}
			b.commit()
			for _, err := range all {
				if *err == nil || errors.Is(*err, context.Canceled) {
					t.Errorf("a write ended with %v", *err)
				}
			}
			rows, _, err := table.ListAll(t.Context(), "", 10)
			wantNames(t, rows, err, "")
		})
	}
}

// A panic in a write does not let the others wait for ever.
func TestWritesEndWhenAnotherPanics(t *testing.T) {
	db, _ := sqliteFile(t)
	table := samplesIn(t, db)
	b := newBatch(t, db)
	b.add(func() (err error) {
		defer func() { err = errors.New(fmt.Sprint(recover())) }()
		return db.Change(t.Context(), func(context.Context, *sql.Tx) error { panic("a mistake") })
	})
	second := b.add(func() error { _, err := table.Create(t.Context(), alice, sample{}); return err })
	b.commit()
	wantUnavailable(t, *second)
	create(t, table, alice, "after")
}
