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

// run runs provider and API until ctx is done or one of them ends; then it stops the other.
func run(ctx context.Context) error {
	s, err := readSettings()
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
