package providers

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// TestSwaggerUISignsInAtKeycloak signs alice in on Keycloak's page, with the settings of deploy, and executes an
// operation that needs a scope and a role.
func TestSwaggerUISignsInAtKeycloak(t *testing.T) {
	at := freeAddress(t)
	provider := startKeycloak(t, at)
	startAPI(t, at, "OIDC_ISSUER="+provider.url+"/realms/gatehouse", "OIDC_AUDIENCE="+at)
	page := openPage(t, at+"/docs/")
	page.do(chromedp.Click(chromedp.CSS(".auth-wrapper .btn.authorize"), chromedp.NodeVisible))
	login := page.popup(`//input[starts-with(@id, "client_id")]/following::button[contains(@class, "authorize")][1]`)
	login.do(
		chromedp.SendKeys(chromedp.CSS("#username"), "alice", chromedp.NodeVisible),
		chromedp.SendKeys(chromedp.CSS("#password"), "alice"),
	)
	_ = chromedp.Do(login.ctx, chromedp.Click(chromedp.CSS("#kc-login"))) // the window closes
	page.do(chromedp.WaitVisible(chromedp.CSS("#caller strong")))
	operation := "#operations-admin-listAllItems"
	page.do(
		chromedp.Click(chromedp.CSS(operation+" .opblock-summary-control"), chromedp.NodeVisible),
		chromedp.Click(chromedp.CSS(operation+" .btn.execute"), chromedp.NodeVisible),
	)
	status, err := chromedp.Run(page.ctx, chromedp.Text(chromedp.CSS(operation+" .live-responses-table tbody .response-col_status"), chromedp.NodeVisible))
	if err != nil || !strings.HasPrefix(status, "200") {
		t.Errorf("GET /admin/items: got %q, %v, want 200", status, err)
	}
}

// A page is a tab of a headless Chromium.
type page struct {
	t   *testing.T
	ctx context.Context
}

// openPage starts Chromium with a page. Everything on it takes two minutes at most.
func openPage(t *testing.T, address string) *page {
	t.Helper()
	path := os.Getenv("CHROME")
	for _, name := range []string{"chromium", "google-chrome"} {
		if found, err := exec.LookPath(name); path == "" && err == nil {
			path = found
		}
	}
	if path == "" {
		t.Fatal("there is no Chromium in the PATH: install it, or set CHROME")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1200, 1600))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := &page{t, ctx}
	p.do(chromedp.Navigate(address))
	return p
}

// do runs actions in sequence.
func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	for i, action := range actions {
		if err := chromedp.Do(p.ctx, action); err != nil {
			p.t.Fatalf("action %d: %v", i, err)
		}
	}
}

// popup clicks a button and returns the window that it opens.
func (p *page) popup(button string) *page {
	p.t.Helper()
	opened := chromedp.WaitNewTarget(p.ctx, func(i *target.Info) bool { return i.URL != "" })
	p.do(chromedp.Click(button, chromedp.NodeVisible))
	select {
	case id := <-opened:
		ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(id))
		p.t.Cleanup(cancel)
		return &page{p.t, ctx}
	case <-p.ctx.Done():
		p.t.Fatal("no window opened")
		return nil
	}
}
