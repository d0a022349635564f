package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Readiness is asked by anybody, and as often as they like: the database is asked once in a while.
const (
	pulseEvery = time.Second
	pulseLimit = time.Second
)

var errUnreachable = errors.New("the database does not answer")

// A pulse is what the database answered last.
type pulse struct {
	now func() time.Time

	mu    sync.Mutex
	taken time.Time
	err   error
}

// Ready implements readiness. It reports that the schema is not up to date yet, or that
// the database does not answer; what was wrong in full is logged when it begins.
func (d *DB) Ready(ctx context.Context) error {
	if !d.prepared.Load() {
		return errUnprepared
	}
	p := &d.pulse
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); now.Sub(p.taken) >= pulseEvery {
		p.taken = now
		p.err = d.feel(context.WithoutCancel(ctx), p.err) // the answer is others' as well
	}
	return p.err
}

// feel asks the database and logs what has changed since before.
func (d *DB) feel(ctx context.Context, before error) error {
	ctx, cancel := context.WithTimeout(ctx, pulseLimit)
	defer cancel()
	var id string
	err := d.read.QueryRowContext(ctx, `SELECT id FROM last_ids`).Scan(&id)
	switch {
	case err == nil && before != nil:
		d.log.Info("the database answers again")
	case err != nil && before == nil:
		d.log.Error("the database does not answer", "err", err)
	}
	if err != nil {
		return errUnreachable
	}
	return nil
}
