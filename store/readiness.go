package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	probeInterval = time.Second // readiness is public: whatever the number of requests, there is one probe in this time
	probeTimeout  = time.Second
)

var errNoAnswer = errors.New("the database does not answer")

// A readiness is the result of the last probe.
type readiness struct {
	now func() time.Time

	probing sync.Mutex // held by the caller that probes
	probed  time.Time
	result  result
}

// Ready returns nil, or why the database cannot be used: its schema is not up to date yet, or it does not
// answer. The error is safe to publish; the log has the details.
//
// One caller a second probes the database, which has a time limit. All others get the last result at once.
func (d *DB) Ready(ctx context.Context) error {
	if err := d.notMigrated(); err != nil {
		return err
	}
	r := &d.readiness
	if r.probing.TryLock() {
		defer r.probing.Unlock()
		if now := r.now(); now.Sub(r.probed) >= probeInterval {
			r.probed = now
			r.result.set(d.probe(context.WithoutCancel(ctx), r.result.get())) // other callers get the same result
		}
	}
	return r.result.get()
}

// probe queries the database and logs a result that differs from the previous one.
func (d *DB) probe(ctx context.Context, previous error) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	var count int
	err := d.probes.QueryRowContext(ctx, `SELECT count(*) FROM last_ids`).Scan(&count)
	switch {
	case err == nil && previous != nil:
		d.log.Info("the database answers again")
	case err != nil && previous == nil:
		d.log.Error("the database does not answer", "err", err)
	}
	if err != nil {
		return errNoAnswer
	}
	return nil
}
