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

// A browser is a tab of a headless Chromium, and what it complained of.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	hosts      []string
}

// open starts Chromium. There is no test without it, and no test that passes without it.
func open(t *testing.T, width, height int) *browser {
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
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	b := &browser{t: t}
	ctx, cancel := chromedp.NewContext(allocator, chromedp.WithListener(b.listen))
	b.ctx = ctx
	t.Cleanup(func() { chromedp.Cancel(ctx); cancel(); stop() })
	if err := chromedp.Do(ctx, b.attend(), chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		t.Fatal(err)
	}
	return b
}

// attend makes Chromium tell what listen hears.
func (b *browser) attend() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, log.Enable, cdp.Empty{})
		return err
	})
}

// listen collects every error of the console, violations of the content security policy among them,
// and every host that is asked for something.
func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		b.complain(e.Entry)
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		for _, argument := range e.Args {
			if e.Type == "error" {
				b.complaints = append(b.complaints, argument.Description+string(argument.Value))
			}
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err == nil && strings.HasPrefix(u.Scheme, "http") {
			b.hosts = append(b.hosts, u.Host)
		}
	}
}

// complain notes an error. A refused call is one of the network for Chromium, and what is tested here.
func (b *browser) complain(entry *log.Entry) {
	if entry.Level == log.EntryLevelError && entry.Source != log.EntrySourceNetwork {
		b.complaints = append(b.complaints, string(entry.Source)+": "+entry.Text)
	}
}

// do carries out actions, one after the other.
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

// ask returns the value of an action.
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

// click clicks on the first element of a CSS selector.
func (b *browser) click(selector chromedp.CSS) {
	b.t.Helper()
	b.do(chromedp.Click(selector, chromedp.NodeVisible))
}

// text returns what a reader sees of an element.
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
		ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(id), chromedp.WithListener(p.listen))
		b.t.Cleanup(cancel)
		p.ctx = ctx
		if err := chromedp.Do(ctx, p.attend()); err != nil { // the first has no time limit: it would be the window's
			b.t.Fatal(err)
		}
		return p
	case <-time.After(20 * time.Second):
		b.screenshot("failed")
		b.t.Fatal("no window opened (see out/failed.png)")
		return nil
	}
}

// screenshot saves what is to be seen in the window as out/<name>.png.
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

// mustBeCalm fails the test if the browser complained, or asked any other host for something.
func (b *browser) mustBeCalm(hosts ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, complaint := range b.complaints {
		b.t.Errorf("the browser complained: %s", complaint)
	}
	for _, host := range b.hosts {
		if !slices.ContainsFunc(hosts, func(allowed string) bool { return allowed == "http://"+host }) {
			b.t.Errorf("the page asked %s for something", host)
		}
	}
	if len(b.hosts) == 0 {
		b.t.Error("no request was seen: nothing was tested")
	}
}

// operation is the CSS selector of an operation in Swagger UI.
func operation(tag, id string) chromedp.CSS {
	return chromedp.CSS(fmt.Sprintf("#operations-%s-%s", tag, id))
}
