package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"slices"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

const (
	firstRetry = 250 * time.Millisecond
	lastRetry  = 5 * time.Second

	// migrationWait is how long Open waits for a migration. A longer one continues in the background, where
	// the API is alive and not ready: an orchestrator would kill an instance that does not listen, in the
	// middle of its migration.
	migrationWait = 2 * time.Second
)

var errNotMigrated = errors.New("the schema of the database is not up to date yet")

// notMigrated returns why the schema cannot be used, or nil. The error is safe to publish.
func (d *DB) notMigrated() error {
	err := d.schema.get()
	if _, misfit := errors.AsType[*SchemaError](err); misfit || err == nil {
		return err
	}
	return errNotMigrated
}

// Migrate brings the schema of the database at an address up to date, and ends. It is for a user who may create
// tables, if that of the API may not. Unlike Open, it fails at once when the database does not respond.
func Migrate(ctx context.Context, address string, log *slog.Logger) error {
	d, err := connect(address, log)
	if err != nil {
		return err
	}
	return errors.Join(d.migrate(ctx), d.Close())
}

// startMigration brings the schema up to date, and retries in the background while the database is
// unavailable. It returns an error that no retry can fix.
func (d *DB) startMigration(ctx context.Context) error {
	ctx, d.stop = context.WithCancel(ctx)
	first := make(chan error, 1)
	d.background.Go(func() { d.retryMigration(ctx, first) })
	select {
	case err := <-first:
		if _, misfit := errors.AsType[*SchemaError](err); misfit || err != nil && !d.backend.unavailable(err) {
			return err
		}
	case <-time.After(migrationWait):
	}
	return nil
}

// retryMigration migrates until that succeeds or ctx is done. It sends the result of the first attempt.
func (d *DB) retryMigration(ctx context.Context, first chan<- error) {
	for pause := firstRetry; ; pause = min(2*pause, lastRetry) {
		err := d.migrate(ctx)
		d.schema.set(err)
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

// migrate brings the schema up to date, while no other instance does.
func (d *DB) migrate(ctx context.Context) error {
	if d.backend.lock != nil {
		unlock, err := d.backend.lock(ctx, d.read.DB)
		if err != nil {
			return err
		}
		defer unlock()
	}
	if err := d.applyMigrations(ctx); !d.backend.forbidden(err) {
		return err
	}
	return misfit("the schema of the database is not up to date, and the database user may not change it: run gatehouse migrate " +
		"with a user that may create tables, and grant the API's user SELECT, INSERT, UPDATE and DELETE on them")
}

// applyMigrations applies the migrations that the database lacks, each in a transaction.
func (d *DB) applyMigrations(ctx context.Context) error {
	provider, all, err := d.loadMigrations()
	if err != nil {
		return err
	}
	known, err := d.readHistory(ctx)
	if err != nil {
		return err
	}
	if err := known.check(all); err != nil {
		return err
	}
	if !slices.ContainsFunc(all, known.lacks) {
		if err := d.record(ctx, all, known); err != nil {
			d.log.Info("changes of applied migrations go unnoticed: their checksums cannot be stored", "err", err)
		}
		return nil
	}
	if err := d.createChecksums(ctx); err != nil { // before goose, which retries for seconds if it may not create its table
		return err
	}
	applied, err := provider.Up(ctx)
	for _, m := range applied {
		d.log.Info("database migrated", "to", m.Source.Version, "took", m.Duration)
	}
	if err != nil {
		return fmt.Errorf("bringing the schema up to date: %w", err)
	}
	if known, err = d.readHistory(ctx); err != nil {
		return err
	}
	return d.record(ctx, all, known)
}

// loadMigrations returns the migrations of this program, in the order of their versions, and what applies them.
func (d *DB) loadMigrations() (*goose.Provider, []migration, error) {
	files, err := fs.Sub(migrations, "migrations/"+d.backend.migrations)
	if err != nil {
		return nil, nil, err
	}
	provider, err := goose.NewProvider(d.backend.dialect, d.write.DB, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, nil, err
	}
	var all []migration
	for _, source := range provider.ListSources() {
		text, err := fs.ReadFile(files, source.Path)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, newMigration(source.Version, path.Base(source.Path), string(text)))
	}
	return provider, all, nil
}
