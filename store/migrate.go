package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
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

// startMigration brings the schema up to date, and retries in the background while the database is
// unavailable. It returns an error that no retry can fix.
func (d *DB) startMigration(ctx context.Context) error {
	ctx, d.stop = context.WithCancel(ctx)
	first := make(chan error, 1)
	d.background.Go(func() { d.retryMigration(ctx, first) })
	select {
	case err := <-first:
		if err != nil && !d.backend.unavailable(err) {
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
		d.migrated.Store(err == nil)
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

// Migrate brings the schema of the database at an address up to date, and fails at once if it cannot.
func Migrate(ctx context.Context, address string, log *slog.Logger) error {
	d, err := connect(address, log)
	if err != nil {
		return err
	}
	return errors.Join(d.migrate(ctx), d.Close())
}

// migrate brings the schema up to date.
func (d *DB) migrate(ctx context.Context) error {
	err := d.applyMigrations(ctx)
	switch {
	case err == nil:
		return nil
	case postgresForbids(err):
		return fmt.Errorf("bringing the schema up to date: %w: run gatehouse migrate with a user that may create tables, "+
			"and grant this user SELECT, INSERT, UPDATE and DELETE on them", err)
	}
	return fmt.Errorf("bringing the schema up to date: %w", err)
}

// applyMigrations applies the migrations that the database lacks, each in a transaction.
func (d *DB) applyMigrations(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations/"+d.backend.migrations)
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if d.backend.migrationLock != nil {
		lock, err := d.backend.migrationLock(ctx, d.write.DB)
		if err != nil {
			return err
		}
		options = append(options, lock)
	}
	provider, err := goose.NewProvider(d.backend.dialect, d.write.DB, files, options...)
	if err != nil {
		return err
	}
	applied, err := provider.Up(ctx)
	for _, m := range applied {
		d.log.Info("database migrated", "to", m.Source.Version, "took", m.Duration)
	}
	return err
}
