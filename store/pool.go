package store

import (
	"context"
	"database/sql"

	"golang.org/x/sync/semaphore"
)

// A pool is connections for one kind of operation. Operations get them in the order in which they came:
// database/sql alone gives a connection that becomes free to a random one of the operations that wait.
type pool struct {
	*sql.DB
	queue *semaphore.Weighted
}

func newPool(db *sql.DB, size int) *pool {
	p := &pool{DB: db}
	p.resize(size)
	return p
}

// resize sets how many connections there are. It must not be called while operations wait for one.
func (p *pool) resize(size int) {
	p.SetMaxOpenConns(size)
	p.SetMaxIdleConns(size)
	p.queue = semaphore.NewWeighted(int64(size))
}

// use runs an operation when a connection is free for it, unless ctx is done before.
func (p *pool) use(ctx context.Context, operation func(context.Context) error) error {
	if err := p.queue.Acquire(ctx, 1); err != nil {
		return err
	}
	defer p.queue.Release(1)
	return operation(ctx)
}
