package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// A browser is a tab of a headless Chromium, its errors and the hosts that it requested.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex
	errors []string
	hosts  []string
}

// open starts Chromium, with further options. Without it the test fails.
func open(t *testing.T, width, height int, more ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	path := os.Getenv("CHROME")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); path == "" && err == nil {
			path = found
		}
	}
	if path == "" {
		t.Fatal("there is no Chromium in the PATH: install it (Debian: apt-get install chromium), or set CHROME")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(width, height),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-gpu", true), chromedp.UserDataDir(t.TempDir()))
	options = append(options, more...)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	b := &browser{t: t}
	ctx, cancel := chromedp.NewContext(allocator, chromedp.WithListener(b.record))
	b.ctx = ctx
	t.Cleanup(func() { chromedp.Cancel(ctx); cancel(); stop() })
	if err := chromedp.Do(ctx, b.enableEvents(), chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		t.Fatal(err)
	}
	return b
}

// enableEvents makes Chromium send the events that record needs.
func (b *browser) enableEvents() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, log.Enable, cdp.Empty{})
		return err
	})
}

// record collects the errors of the console, including violations of the content security policy, and the
// hosts of all requests.
func (b *browser) record(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		// Chromium logs a rejected call as an error of the network.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			b.errors = append(b.errors, string(e.Entry.Source)+": "+e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		for _, argument := range e.Args {
			if e.Type == "error" {
				b.errors = append(b.errors, argument.Description+string(argument.Value))
			}
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err == nil && strings.HasPrefix(u.Scheme, "http") {
			b.hosts = append(b.hosts, u.Host)
		}
	}
}

// do runs actions in sequence.
func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for i, action := range actions {
		ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
		err := chromedp.Do(ctx, action)
		cancel()
		if err != nil {
			b.screenshot("failed")
			b.t.Fatalf("action %d: %v (see out/failed.png)", i, err)
		}
	}
}

// ask returns the result of an action.
func ask[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		b.screenshot("failed")
		b.t.Fatalf("%v (see out/failed.png)", err)
	}
	return value
}

// click clicks on the first visible element of a selector.
func (b *browser) click(selector chromedp.CSS) {
	b.t.Helper()
	b.do(chromedp.Click(selector, chromedp.NodeVisible))
}

// text returns the visible text of an element.
func (b *browser) text(selector chromedp.CSS) string {
	b.t.Helper()
	return ask(b, chromedp.Text(selector, chromedp.NodeVisible))
}

// popup returns the tab that an action opens.
func (b *browser) popup(action func()) *browser {
	b.t.Helper()
	opened := chromedp.WaitNewTarget(b.ctx, func(i *target.Info) bool { return i.URL != "" })
	action()
	select {
	case id := <-opened:
		p := &browser{t: b.t}
		ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(id), chromedp.WithListener(p.record))
		b.t.Cleanup(cancel)
		p.ctx = ctx
		if err := chromedp.Do(ctx, p.enableEvents()); err != nil { // without a timeout: the first action's would be the window's
			b.t.Fatal(err)
		}
		return p
	case <-time.After(20 * time.Second):
		b.screenshot("failed")
		b.t.Fatal("no window opened (see out/failed.png)")
		return nil
	}
}

// screenshot saves the visible part of the page as out/<name>.png.
func (b *browser) screenshot(name string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll("out", 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join("out", name+".png"), picture, 0o644)
	}
	if err != nil {
		b.t.Errorf("screenshot %s: %v", name, err)
	}
}

// mustHaveNoErrors fails the test if the browser reported errors.
func (b *browser) mustHaveNoErrors() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, text := range b.errors {
		b.t.Errorf("the browser reports: %s", text)
	}
}

// mustStayOn fails the test if the browser reported errors or sent a request to another host.
func (b *browser) mustStayOn(hosts ...string) {
	b.t.Helper()
	b.mustHaveNoErrors()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, host := range b.hosts {
		if !slices.ContainsFunc(hosts, func(allowed string) bool { return allowed == "http://"+host }) {
			b.t.Errorf("the page sent a request to %s", host)
		}
	}
	if len(b.hosts) == 0 {
		b.t.Error("no request was recorded")
	}
}

// operation is the CSS selector of an operation in Swagger UI.
func operation(tag, id string) chromedp.CSS {
	return chromedp.CSS(fmt.Sprintf("#operations-%s-%s", tag, id))
}
