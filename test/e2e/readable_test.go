package e2e

import (
	"context"
	_ "embed"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestDocsAreReadableInBothColorSchemes opens the page of operations in both colour schemes, on wide and narrow
// screens: signed in, with one operation executed. The pictures are out/docs-<scheme>-<width>.png and
// out/authorize-<scheme>-<width>.png.
func TestDocsAreReadableInBothColorSchemes(t *testing.T) {
	s := start(t)
	b := open(t, 1200, 1560)
	b.do(chromedp.Navigate(s.api+"/docs/"), chromedp.WaitVisible(operation("items", "listItems")))
	b.logIn("alice")
	b.execute("items", "createItem")
	b.mustRespond(t, "items", "createItem", "201", `"created_at"`)
	b.click(operation("items", "replaceItem") + " .opblock-summary-control")
	b.do(chromedp.WaitVisible(operation("items", "replaceItem") + " .responses-table"))
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1200, 360} {
			name := fmt.Sprintf("%s-%d", scheme, width)
			t.Run(name, func(t *testing.T) {
				b.do(chromedp.EmulateViewport(width, 3000), prefer(scheme))
				b.mustBeReadable(t, scheme)
				b.screenshot("docs-" + name)

				b.do(chromedp.EmulateViewport(width, 800), chromedp.ScrollIntoView(chromedp.CSS("header")))
				b.click(".auth-wrapper .btn.authorize") // fails if the button is outside the window or covered
				b.do(chromedp.WaitVisible(chromedp.CSS(".dialog-ux")))
				b.mustBeReadable(t, scheme)
				const colors = `[...new Set([...document.querySelectorAll(".btn.authorize")].map((e) => getComputedStyle(e).color))]`
				if got := ask(b, chromedp.Evaluate[[]string](colors)); len(got) != 1 {
					t.Errorf("the buttons that sign in have the colours %q", got)
				}
				b.screenshot("authorize-" + name)
				b.click(".dialog-ux .btn-done")
			})
		}
	}
	b.mustStayOn(s.api, s.provider)
}

//go:embed contrast.js
var contrastScript string

// mustBeReadable fails the test unless the page has the scheme's background, fits the window, and has enough
// contrast.
func (b *browser) mustBeReadable(t *testing.T, scheme string) {
	t.Helper()
	page := ask(b, chromedp.Evaluate[struct {
		Luminance float64
		Excess    int
		Faint     []string
	}](contrastScript, chromedp.EvalAwaitPromise))
	if dark := page.Luminance < 0.05; dark != (scheme == "dark") || !dark && page.Luminance < 0.8 {
		t.Errorf("the background has the luminance %.2f", page.Luminance)
	}
	if page.Excess > 0 {
		t.Errorf("the page is %d pixels wider than the window", page.Excess)
	}
	for _, text := range page.Faint {
		t.Error(text)
	}
}

// prefer sets the preferred colour scheme of the browser.
func prefer(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	})
}
