package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Times of a loop.
const (
	quiet     = 100 * time.Millisecond // saves that follow within it belong together
	patience  = 15 * time.Second       // for the API to become ready, and to end with make run
	impatient = time.Second            // for the API to end before the next one starts
)

// A loop keeps the API running, and renews it when its source is saved. Its methods run on one
// goroutine.
type loop struct {
	api      *api
	source   *source
	settings *settings
	out      io.Writer

	process *process // nil when it ended of itself
	ready   <-chan struct{}
	forget  context.CancelFunc // ends the wait for ready
	late    *time.Timer        // fires when ready takes too long
	greeted bool               // whether the API was ever ready
	saved   []string           // files since the last build
	since   time.Time          // when the first of those was saved that the API is renewed for
	settled *time.Timer        // fires when no more are coming
}

// run runs the API until ctx is done. The API must come up once: before that there is nothing to
// run on, and whatever goes wrong is an error.
func (l *loop) run(ctx context.Context) error {
	l.settled, l.late = stopped(), stopped()
	if _, err := l.api.build(ctx); err != nil {
		return unless(ctx, err)
	}
	if err := l.start(ctx); err != nil {
		return err
	}
	err := l.listen(ctx)
	l.stop(patience)
	return unless(ctx, err)
}

// listen acts on what happens, one thing at a time.
func (l *loop) listen(ctx context.Context) error {
	if err := l.source.learn(ctx); err != nil {
		return err
	}
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case event := <-l.source.watcher.Events:
			err = l.note(event)
		case err := <-l.source.watcher.Errors:
			l.say("Watching the source: %v", err)
		case <-l.settled.C:
			err = l.renew(ctx)
		case <-l.ready:
			l.greet()
		case <-l.late.C:
			err = l.complain(fmt.Errorf("the API was not ready in time: see %s", l.api.ready))
		case <-l.ended():
			err = l.bury(ctx, l.process.err)
		}
		if err != nil {
			return err
		}
	}
}

// note waits for more, because an editor or a checkout saves several files at once.
func (l *loop) note(event fsnotify.Event) error {
	files, err := l.source.changed(event)
	if err != nil || len(files) == 0 {
		return err
	}
	if len(l.saved) == 0 && l.ready == nil {
		l.since = time.Now()
	}
	l.saved = append(l.saved, files...)
	l.settled.Reset(quiet)
	return nil
}

// renew builds the API from what was saved. If it compiles to another program, that one takes over.
func (l *loop) renew(ctx context.Context) error {
	names, configured := l.source.names(l.saved), slices.ContainsFunc(l.saved, isEnvironment)
	l.saved = nil
	if configured {
		l.compare()
	}
	changed, err := l.api.build(ctx)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil && l.process != nil:
		l.say("%s saved: it does not compile, and the last build runs on.", names)
		return nil
	case err != nil:
		l.say("%s saved: it does not compile.", names)
		return nil
	case !changed && !configured && l.process != nil:
		l.say("%s saved: the API is the same, and runs on.", names)
		return nil
	}
	l.say("%s saved: starting the API anew.", names)
	l.stop(impatient)
	if err := l.start(ctx); err != nil {
		return err
	}
	return l.source.learn(ctx)
}

// compare says if .env asks for other addresses: the provider knows those that it was started with.
func (l *loop) compare() {
	if s, err := readSettings(os.Getenv); err != nil || *s != *l.settings {
		l.say("ADDR, PUBLIC_URL and DEVIDP_ADDR count from the next make run on.")
	}
}

// start starts the last build and begins to wait for it.
func (l *loop) start(ctx context.Context) (err error) {
	if l.process, err = l.api.start(); err != nil {
		return fmt.Errorf("starting the API: %w", err)
	}
	ctx, l.forget = context.WithCancel(ctx)
	l.ready = ready(ctx, l.api.ready)
	l.late.Reset(patience)
	return nil
}

// stop stops the API, if it runs, and the wait for it.
func (l *loop) stop(grace time.Duration) {
	l.forget()
	l.late.Stop()
	l.ready = nil
	if l.process != nil {
		l.process.stop(grace)
		l.process = nil
	}
}

// greet says that the API is ready.
func (l *loop) greet() {
	l.forget()
	l.late.Stop()
	l.ready = nil
	if l.greeted {
		l.say("The API runs again after %.1fs, and you are still signed in.", time.Since(l.since).Seconds())
		return
	}
	l.greeted = true
	fmt.Fprint(l.out, l.settings.banner())
}

// ended returns a channel that is closed when the process has ended.
func (l *loop) ended() <-chan struct{} {
	if l.process == nil {
		return nil
	}
	return l.process.ended
}

// bury takes note of an API that ended of itself. A terminal sends Ctrl-C to the API as well, which
// may be the first to act on it.
func (l *loop) bury(ctx context.Context, reason error) error {
	l.process = nil
	l.stop(0)
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(time.Second):
		return l.complain(fmt.Errorf("the API ended: %w", reason))
	}
}

// complain says what is wrong with an API that was ready before, and waits for the next save. If it
// never was, complain returns it.
func (l *loop) complain(err error) error {
	if !l.greeted {
		return err
	}
	l.say("Now %v. It starts anew when you save a file.", err)
	return nil
}

// say tells the person at the terminal.
func (l *loop) say(format string, args ...any) {
	fmt.Fprintf(l.out, "\n  "+format+"\n\n", args...)
}

func isEnvironment(file string) bool { return filepath.Base(file) == ".env" }

// unless returns err, but nothing once ctx is done: what went wrong then was stopped.
func unless(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// stopped returns a timer that does not fire until it is reset.
func stopped() *time.Timer {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return timer
}
