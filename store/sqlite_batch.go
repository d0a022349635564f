package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"runtime"
	"slices"
	"sync"
)

// maxBatch is how many writes share a transaction at most. The first of them waits for the last.
const maxBatch = 128

// A batcher executes writes that wait for the one connection that writes in one transaction, because most of the time
// of a transaction is its commit, which waits for the disk. None of them returns before that commit. The write that
// gets the connection executes those that wait at this moment, in the order in which they came.
type batcher struct {
	db      *DB
	mu      sync.Mutex
	waiting []*write
}

// A write is steps that change one row in their last statement. When they fail, there is nothing to roll back but the
// last identifier, which may have gaps: other writes of the transaction are not affected.
type write struct {
	ctx   context.Context // is never done: SQLite would roll back the whole transaction
	steps func(context.Context, *sql.Tx) error
	taken context.CancelFunc // ends its wait for the connection
	done  chan error
}

var errAborted = errors.New("another write of the transaction has panicked")

// do executes steps, and returns when their effect is on the disk. A write that waits ends with ctx.
func (b *batcher) do(ctx context.Context, steps func(context.Context, *sql.Tx) error) error {
	waiting, taken := context.WithCancel(ctx)
	defer taken()
	w := &write{context.WithoutCancel(ctx), steps, taken, make(chan error, 1)}
	b.add(w)
	err := b.db.write.queue.Acquire(waiting, 1)
	if err == nil {
		defer b.db.write.queue.Release(1)
		err = b.lead(ctx, w)
	}
	if err != nil && b.take(w, 1) != nil {
		return err
	}
	return <-w.done
}

func (b *batcher) add(w *write) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append(b.waiting, w)
}

// take returns a write and those that came after it, at most so many, which do not wait any more. It returns nil if
// the write was taken before.
func (b *batcher) take(first *write, most int) []*write {
	b.mu.Lock()
	defer b.mu.Unlock()
	start := slices.Index(b.waiting, first)
	if start < 0 {
		return nil
	}
	end := min(start+most, len(b.waiting))
	taken := slices.Clone(b.waiting[start:end])
	b.waiting = slices.Delete(b.waiting, start, end)
	return taken
}

// lead executes a write and those that wait in one transaction. An error means that it executed none.
func (b *batcher) lead(ctx context.Context, first *write) error {
	detached, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	stop := context.AfterFunc(ctx, end)
	tx, err := b.db.write.BeginTx(detached, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	if !stop() {        // from here on, the transaction does not end with the first caller's context
		return ctx.Err()
	}
	if err := b.db.backend.present(); err != nil {
		return err
	}
	runtime.Gosched() // writes that have arrived can join; with one processor, busy connections would starve the others
	b.execute(tx, b.take(first, maxBatch))
	return nil
}

// execute executes writes and commits. Each gets its own error, or that of the commit.
func (b *batcher) execute(tx *sql.Tx, writes []*write) {
	failed, err := make([]error, len(writes)), errAborted
	defer func() {
		for i, w := range writes {
			w.done <- cmp.Or(failed[i], err)
		}
	}()
	for _, w := range writes {
		w.taken()
	}
	for i, w := range writes {
		failed[i] = w.steps(w.ctx, tx)
		if err = failed[i]; err != nil && !isProblem(err) && b.db.backend.unavailable(err) {
			return // SQLite may have rolled back what came before, too
		}
	}
	err = tx.Commit()
}
