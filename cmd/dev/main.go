// Command dev runs the development provider and the API together, for make run.
//
// The provider lives in this process and the API in one of its own, built from the source in the
// current folder, so that the API's binary never contains a provider that logs in whoever asks. When
// its source is saved, the API is built and started anew; the provider stays, and with it everybody's
// session.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sync/errgroup"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "make run:", err)
		os.Exit(1)
	}
}

// run runs both until ctx is done or one of them ends; then it stops the other.
func run(ctx context.Context) error {
	s, err := readSettings(os.Getenv)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stdout, nil)).With("from", "devidp")
	provider, err := newProvider(s, log)
	if err != nil {
		return err
	}
	api, err := newAPI(s, os.Stdout)
	if err != nil {
		return err
	}
	source, err := watch(".")
	if err != nil {
		return err
	}
	defer source.watcher.Close()
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error { return provider.run(ctx) })
	both.Go(func() error { return (&loop{api: api, source: source, settings: s, out: os.Stdout}).run(ctx) })
	return both.Wait()
}
