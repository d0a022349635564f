package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	quiet        = 100 * time.Millisecond // saves within it belong together
	patience     = 15 * time.Second       // for the API to become ready, and to end with make run
	restartGrace = time.Second            // for the API to end before the next one starts
)

// A loop keeps the API running, and rebuilds it when its source is saved. Its methods run on one
// goroutine.
type loop struct {
	api      *api
	source   *source
	settings *settings
	out      io.Writer

	process   *process // nil if it ended by itself
	ready     <-chan struct{}
	stopWait  context.CancelFunc // ends the wait for ready
	late      <-chan time.Time   // fires if ready takes too long
	wasReady  bool               // whether the API was ever ready
	saved     []string           // files since the last build
	savedAt   time.Time          // when the first of those was saved that the restart is for
	queueDone <-chan time.Time   // fires when no more are saved
}

// run runs the API until ctx is done. The first start must succeed.
func (l *loop) run(ctx context.Context) error {
	_, err := l.api.build(ctx)
	if err == nil {
		err = l.start(ctx)
	}
	if err == nil {
		err = l.handleEvents(ctx)
		l.stop(patience)
	}
	if ctx.Err() != nil {
		return nil // the error is an effect of the stop
	}
	return err
}

// handleEvents acts on one event at a time.
func (l *loop) handleEvents(ctx context.Context) error {
	if err := l.source.findEmbedded(ctx); err != nil {
		return err
	}
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case event := <-l.source.watcher.Events:
			err = l.queue(event)
		case err := <-l.source.watcher.Errors:
			l.say("Watching the source: %v", err)
		case <-l.queueDone:
			err = l.rebuild(ctx)
		case <-l.ready:
			l.reportReady()
		case <-l.late:
			err = l.reportError(fmt.Errorf("the API was not ready in time: see %s", l.api.ready))
		case <-l.ended():
			err = l.handleExit(ctx, l.process.err)
		}
		if err != nil {
			return err
		}
	}
}

// queue waits for more saves, because an editor or a checkout saves several files at once.
func (l *loop) queue(event fsnotify.Event) error {
	files, err := l.source.changed(event)
	if err != nil || len(files) == 0 {
		return err
	}
	if len(l.saved) == 0 && l.ready == nil {
		l.savedAt = time.Now()
	}
	l.saved = append(l.saved, files...)
	l.queueDone = time.After(quiet)
	return nil
}

// rebuild builds the API from what was saved, and restarts it if its binary or .env changed.
func (l *loop) rebuild(ctx context.Context) error {
	names, configured := l.source.names(l.saved), slices.Contains(l.saved, filepath.Join(l.source.root, ".env"))
	l.saved = nil
	if configured {
		l.reload()
	}
	changed, err := l.api.build(ctx)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil && l.process != nil:
		l.say("%s saved: it does not compile; the last build keeps running.", names)
		return nil
	case err != nil:
		l.say("%s saved: it does not compile.", names)
		return nil
	case !changed && !configured && l.process != nil:
		l.say("%s saved: the binary is the same; the API keeps running.", names)
		return nil
	}
	l.say("%s saved: restarting the API.", names)
	l.stop(restartGrace)
	if err := l.start(ctx); err != nil {
		return err
	}
	return l.source.findEmbedded(ctx)
}

// reload reads .env for the next start. Addresses stay as they are; the API itself reports what is wrong.
func (l *loop) reload() {
	s, err := readSettings()
	if err != nil {
		return
	}
	if s.addresses() != l.settings.addresses() {
		l.say("ADDR, PUBLIC_URL and DEVIDP_ADDR take effect at the next make run.")
	}
	l.settings.environment = s.environment
	l.api.variables = l.settings.variables()
}

// start starts the last build and begins to wait until it is ready.
func (l *loop) start(ctx context.Context) (err error) {
	if l.process, err = l.api.start(); err != nil {
		return fmt.Errorf("starting the API: %w", err)
	}
	ctx, l.stopWait = context.WithCancel(ctx)
	l.ready = ready(ctx, l.api.ready)
	l.late = time.After(patience)
	return nil
}

// stop stops the API, if it runs, and the wait for it.
func (l *loop) stop(grace time.Duration) {
	l.endWait()
	if l.process != nil {
		l.process.stop(grace)
		l.process = nil
	}
}

func (l *loop) endWait() {
	l.stopWait()
	l.ready, l.late = nil, nil
}

// reportReady says that the API is ready.
func (l *loop) reportReady() {
	l.endWait()
	if l.wasReady {
		l.say("The API is ready again after %.1fs, and you are still signed in.", time.Since(l.savedAt).Seconds())
		return
	}
	l.wasReady = true
	fmt.Fprint(l.out, l.settings.banner(runtime.GOOS))
}

// ended returns a channel that is closed when the process has ended.
func (l *loop) ended() <-chan struct{} {
	if l.process == nil {
		return nil
	}
	return l.process.ended
}

// handleExit handles an API that ended by itself. A terminal sends Ctrl-C to the API as well, which may
// end first.
func (l *loop) handleExit(ctx context.Context, reason error) error {
	l.process = nil
	l.endWait()
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(time.Second):
		return l.reportError(fmt.Errorf("the API ended: %w", reason))
	}
}

// reportError reports an error of an API that was ready before, and returns that of one that never was.
func (l *loop) reportError(err error) error {
	if !l.wasReady {
		return err
	}
	l.say("Now %v. It restarts when you save a file.", err)
	return nil
}

// say writes a message for people.
func (l *loop) say(format string, args ...any) {
	fmt.Fprintf(l.out, "\n  "+format+"\n\n", args...)
}
