package store

import (
	"context"
	"database/sql"

	"golang.org/x/sync/semaphore"
)

// A pool is connections for one kind of operation.
type pool struct {
	*sql.DB
	queue *queue
}

// newPool returns a pool of one connection.
func newPool(db *sql.DB) *pool {
	p := &pool{DB: db}
	p.resize(1)
	return p
}

// resize sets how many connections there are. It must not be called while operations use or await them.
func (p *pool) resize(size int) {
	p.SetMaxOpenConns(size)
	p.SetMaxIdleConns(size)
	p.queue = newQueue(size)
}

// A queue limits how many operations run at once. The others wait, and run in the order in which they came:
// database/sql alone gives a connection that becomes free to a random one of the operations that wait.
type queue struct{ places *semaphore.Weighted }

func newQueue(places int) *queue { return &queue{semaphore.NewWeighted(int64(places))} }

// inQueues runs an operation when every queue has a place for it, unless ctx is done before.
func inQueues(ctx context.Context, operation func(context.Context) error, queues []*queue) error {
	for _, q := range queues {
		if err := q.places.Acquire(ctx, 1); err != nil {
			return err
		}
		defer q.places.Release(1)
	}
	return operation(ctx)
}
