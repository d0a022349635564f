package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// A kind is what tells one kind of database from another.
type kind struct {
	name    string           // folder of its migrations
	dialect goose.Dialect    // of goose's own table
	lock    string           // makes a SELECT keep what it finds from others' changes
	trouble func(error) bool // tells a database in trouble from a mistake

	exclusive func(context.Context, *sql.DB) (goose.ProviderOption, error) // lets one instance migrate at a time; nil where there is only one
}

// Times between attempts to prepare a database that does not answer.
const (
	firstPause = 250 * time.Millisecond
	lastPause  = 5 * time.Second
)

// patience is how long prepare waits for a schema that takes long to bring up to date. The API
// answers meanwhile, though it is not ready: an instance that does not listen would be killed by
// whoever watches over it, in the middle of its migration.
const patience = 2 * time.Second

// prepare brings the schema up to date. A database in trouble is asked again in the background; the
// error is one that asking again would not mend.
func (d *DB) prepare(ctx context.Context) error {
	ctx, d.stop = context.WithCancel(ctx)
	first := make(chan error, 1)
	d.background.Go(func() { d.attempt(ctx, first) })
	select {
	case err := <-first:
		if err != nil && !d.kind.trouble(err) {
			return err
		}
	case <-time.After(patience):
	}
	return nil
}

// attempt migrates, as often as it takes, and tells how the first attempt ended.
func (d *DB) attempt(ctx context.Context, first chan<- error) {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := d.migrate(ctx)
		d.prepared.Store(err == nil)
		select {
		case first <- err:
		default:
		}
		if err == nil {
			return
		}
		d.log.Warn("the database cannot be used yet", "err", err, "retry_in", pause)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// migrate applies the migrations that the database does not have, each in a transaction.
func (d *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations/"+d.kind.name)
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if d.kind.exclusive != nil {
		exclusive, err := d.kind.exclusive(ctx, d.write)
		if err != nil {
			return err
		}
		options = append(options, exclusive)
	}
	provider, err := goose.NewProvider(d.kind.dialect, d.write, files, options...)
	if err != nil {
		return err
	}
	applied, err := provider.Up(ctx)
	for _, m := range applied {
		d.log.Info("database migrated", "to", m.Source.Version, "took", m.Duration)
	}
	if err != nil {
		return fmt.Errorf("bringing the schema up to date: %w", err)
	}
	return nil
}
