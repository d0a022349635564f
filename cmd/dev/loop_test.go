package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
)

// A fakeTerminal has what the program writes.
type fakeTerminal struct {
	mu   sync.Mutex
	text bytes.Buffer // not yet read
	more chan struct{}
}

func newTerminal() *fakeTerminal { return &fakeTerminal{more: make(chan struct{}, 1)} }

func (f *fakeTerminal) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case f.more <- struct{}{}:
	default:
	}
	return f.text.Write(p)
}

// read waits for a text, and returns what was written until its end.
func (f *fakeTerminal) read(t *testing.T, text string) string {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		f.mu.Lock()
		all := f.text.String()
		if i := strings.Index(all, text); i >= 0 {
			defer f.mu.Unlock()
			return string(f.text.Next(i + len(text)))
		}
		f.mu.Unlock()
		select {
		case <-f.more:
		case <-deadline:
			t.Fatalf("%q is not written, only:\n%s", text, all)
		}
	}
}

// program is an API that returns a text.
const program = `package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	go func() { io.Copy(io.Discard, os.Stdin); os.Exit(0) }()
	http.HandleFunc("/readyz", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("/crash", func(http.ResponseWriter, *http.Request) { os.Exit(3) })
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "one") })
	panic(http.ListenAndServe(os.Getenv("ADDR"), nil))
}
`

// A development is a running loop in a folder of its own.
type development struct {
	*tree
	*fakeTerminal
	url  string
	stop context.CancelFunc
	done chan error // what the loop returned
}

func develop(t *testing.T, main string) *development {
	t.Helper()
	d := &development{
		tree:         newTree(t, map[string]string{"go.mod": "module example.com/fake\n\ngo 1.26.0\n", "main.go": main, ".dev/x": ""}),
		fakeTerminal: newTerminal(), done: make(chan error, 1),
	}
	t.Chdir(d.root)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	t.Setenv("ADDR", listener.Addr().String())
	d.url = "http://" + listener.Addr().String()
	s, err := readSettings()
	if err != nil {
		t.Fatal(err)
	}
	api, err := newAPI(s, d.fakeTerminal)
	if err != nil {
		t.Fatal(err)
	}
	source, err := watch(".")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	d.stop = stop
	go func() { d.done <- (&loop{api: api, source: source, settings: s, out: d.fakeTerminal}).run(ctx) }()
	t.Cleanup(func() { stop(); source.watcher.Close() })
	return d
}

func (d *development) get(path string) string {
	response, err := http.Get(d.url + path)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}

func (d *development) mustReturn(t *testing.T, want string) {
	t.Helper()
	if got := d.get("/"); got != want {
		t.Errorf("the API returns %q, want %q", got, want)
	}
}

func TestTheAPIFollowsItsSource(t *testing.T) {
	two := strings.Replace(program, `"one"`, `"two"`, 1)
	d := develop(t, program)
	d.read(t, "Gatehouse is ready.")
	d.mustReturn(t, "one")
	t.Run("a saved file takes effect", func(t *testing.T) {
		d.write("main.go", two)
		d.read(t, "main.go saved: restarting the API.")
		d.read(t, "The API is ready again")
		d.mustReturn(t, "two")
	})
	t.Run("the same program keeps running", func(t *testing.T) {
		d.write("unused/unused.go", "package unused\n")
		if shown := d.read(t, "unused/unused.go saved: the binary is the same"); strings.Contains(shown, "restarting") {
			t.Errorf("it was restarted:\n%s", shown)
		}
	})
	t.Run("a file that does not compile is reported, and the last build keeps running", func(t *testing.T) {
		d.write("main.go", two+"oops\n")
		if shown := d.read(t, "it does not compile; the last build keeps running"); !strings.Contains(shown, "main.go:17:1: syntax error") {
			t.Errorf("the error is not shown:\n%s", shown)
		}
		d.mustReturn(t, "two")
	})
	t.Run("a fixed file takes effect", func(t *testing.T) {
		d.write("main.go", program)
		d.read(t, "The API is ready again")
		d.mustReturn(t, "one")
	})
	t.Run("an API that ended starts with the next save", func(t *testing.T) {
		d.get("/crash")
		d.read(t, "Now the API ended: exit status 3. It restarts when you save a file.")
		d.write("main.go", program)
		d.read(t, "The API is ready again")
		d.mustReturn(t, "one")
	})
	t.Run("the configuration takes effect, except for addresses", func(t *testing.T) {
		d.write(".env", "PUBLIC_URL=https://api.example.com\n")
		d.read(t, "ADDR, PUBLIC_URL and DEVIDP_ADDR take effect at the next make run.")
		d.read(t, ".env saved: restarting the API.")
		d.read(t, "The API is ready again")
	})
	t.Run("it stops", func(t *testing.T) {
		d.stop()
		if err := <-d.done; err != nil {
			t.Errorf("the loop returned %v", err)
		}
		if got := d.get("/"); !strings.Contains(got, "refused") {
			t.Errorf("the API still responds: %s", got)
		}
	})
}

func TestTheFirstStartMustSucceed(t *testing.T) {
	for _, test := range []struct{ name, main, want string }{
		{"a program that does not compile", "package main\n\nfunc main() {", "building the API: exit status 1"},
		{"a program that ends", "package main\n\nfunc main() { panic(1) }\n", "the API ended: exit status 2"},
		{"a program that ends without an error", "package main\n\nfunc main() {}\n", "the API ended: without an error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := develop(t, test.main)
			if err := <-d.done; err == nil || err.Error() != test.want {
				t.Errorf("the loop returned %v, want %s", err, test.want)
			}
		})
	}
}

func TestSavesInCloseSuccessionAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &loop{source: &source{root: "/api"}}
		save := func(name string) {
			if err := l.queue(fsnotify.Event{Name: "/api/" + name, Op: fsnotify.Write}); err != nil {
				t.Fatal(err)
			}
		}
		save("a.go")
		time.Sleep(quiet - time.Millisecond)
		save("b.go")
		began := time.Now()
		<-l.queueDone
		if waited := time.Since(began); waited != quiet {
			t.Errorf("the build begins %s after the last save, want %s", waited, quiet)
		}
		if got := l.source.names(l.saved); got != "a.go, b.go" {
			t.Errorf("the build is for %s", got)
		}
	})
}

func TestAnInterruptMayReachTheAPIFirst(t *testing.T) {
	for _, test := range []struct {
		name  string
		after time.Duration
		want  error
	}{
		{"together", 0, nil},
		{"shortly after the API", 900 * time.Millisecond, nil},
		{"never", time.Hour, errEnded},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), test.after)
				defer cancel()
				l := &loop{stopWait: func() {}}
				if err := l.handleExit(ctx, errEnded); !errors.Is(err, test.want) {
					t.Errorf("handleExit returns %v, want %v", err, test.want)
				}
			})
		})
	}
}

var errEnded = fmt.Errorf("exit status 2")
