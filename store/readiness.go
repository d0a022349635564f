package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

var errFileGone = errors.New("the file of the database was deleted or replaced: put it back, or restart this program to create a new one")

const (
	probeInterval = time.Second // readiness is public: whatever the number of requests, there is one probe in this time
	probeTimeout  = time.Second
)

// What callers see of an error; the log has all of it.
var (
	errNoAnswer    = errors.New("the database does not answer")
	errOtherTables = errors.New("the tables of the database do not fit this program: see the log, and write the migration that is missing")
)

// A readiness is the result of the last probe.
type readiness struct {
	now     func() time.Time
	queries []string // one for each table; set before use

	probing sync.Mutex // held by the caller that probes
	probed  time.Time
	result  result
}

// Ready returns nil, or why the database cannot be used: its schema is not up to date yet or does not fit, its file
// was deleted, or it does not answer. The error is safe to publish; the log has the details.
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

// probe tries the database out, and logs a result that differs from the previous one.
func (d *DB) probe(ctx context.Context, previous error) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	err := d.tryOut(ctx)
	result := d.published(err)
	switch result {
	case previous:
	case nil:
		d.log.Info("the database can be used again")
	default:
		d.log.Error("the database cannot be used", "reason", result, "err", err)
	}
	return result
}

// published returns the form of an error that callers may see.
func (d *DB) published(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errFileGone):
		return errFileGone
	case d.backend.unavailable(err):
		return errNoAnswer
	}
	return errOtherTables
}

// tryOut reads from every table, with the columns that its rows have.
func (d *DB) tryOut(ctx context.Context) error {
	if err := d.backend.present(); err != nil {
		return err
	}
	for _, query := range d.readiness.queries {
		var count int
		if err := d.probes.QueryRowContext(ctx, query).Scan(&count); err != nil {
			return err
		}
	}
	return nil
}
