package e2e

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestTheDialogKeepsTheFocus walks through the dialog with the keyboard alone.
func TestTheDialogKeepsTheFocus(t *testing.T) {
	s := start(t)
	b := open(t, 1280, 900)
	b.do(chromedp.Navigate(s.api+"/docs/"), chromedp.WaitVisible(operation("items", "listItems")))
	b.click(".auth-wrapper .btn.authorize")
	b.do(chromedp.WaitVisible(chromedp.CSS(".dialog-ux")))

	const focused = `(() => {
		const e = document.activeElement, way = e.closest(".auth-container")?.querySelector("h4").textContent.split(/\s/)[0] ?? "frame";
		return e.closest(".dialog-ux") === null ? "outside" : way;
	})()`
	var ways []string
	for range 20 {
		ways = append(ways, ask(b, chromedp.Evaluate[string](focused)))
		b.do(chromedp.KeyEvent(kb.Tab))
	}
	visited := slices.Compact(ways)
	if around := slices.Index(visited[1:], visited[0]) + 1; around < 3 || visited[around-1] != "frame" || !slices.Contains(visited, "bearer") ||
		slices.Contains(visited, "outside") {
		t.Errorf("the focus moves from %s, want every way to authenticate, the frame, and all again", strings.Join(visited, " to "))
	}
	b.do(chromedp.KeyEvent(kb.Escape))
	b.do(chromedp.WaitNotPresent(chromedp.CSS(".dialog-ux")))
	if got := ask(b, chromedp.Evaluate[bool](`document.activeElement.matches(".auth-wrapper .btn.authorize")`)); !got {
		t.Error("the focus is not on the button that opened the dialog")
	}
	b.mustHaveNoErrors()
}

// TestTheResponseOfACallIsShown executes an operation on a narrow screen. Errors are folded, the editor of the body is
// as tall as the body, and no button covers JSON.
func TestTheResponseOfACallIsShown(t *testing.T) {
	s := start(t)
	for _, width := range []int64{1280, 390} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			b := open(t, int(width), 900)
			create := operation("items", "createItem")
			b.do(chromedp.Navigate(s.api+"/docs/"), chromedp.WaitVisible(create))
			b.logIn("alice")
			b.execute("items", "createItem")
			b.mustRespond(t, "items", "createItem", "201", `"created_at"`)
			b.screenshot(fmt.Sprintf("response-%d", width))

			const shown = `(() => { const { top, bottom } = document.querySelector(".live-responses-table tbody").getBoundingClientRect(); return [top, bottom] })()`
			if at := ask(b, chromedp.Evaluate[[2]float64](shown)); at[0] < 0 || at[0] > 800 {
				t.Errorf("the response is from %.0f to %.0f of a window that is 900 pixels tall", at[0], at[1])
			}
			const excess = `(() => { const e = document.querySelector(".body-param__text"); return Math.max(e.scrollHeight - e.clientHeight, e.clientHeight - 40 - 20 * e.value.split("\n").length) })()`
			if got := ask(b, chromedp.Evaluate[float64](excess)); got > 0 {
				t.Errorf("the editor is %.0f pixels too small or too large", got)
			}
			if covered := ask(b, chromedp.Evaluate[[]string](coverScript)); len(covered) > 0 {
				t.Errorf("covered: %q", covered)
			}
			const unfolded = `document.querySelectorAll(".response[data-code^='4'], .response[data-code^='5']").length`
			if got := ask(b, chromedp.Evaluate[int](unfolded)); got > 0 {
				t.Errorf("%d errors are not folded", got)
			}
			unauthorized := create + ` [data-code="401"]`
			b.do(chromedp.WaitNotPresent(unauthorized), chromedp.Click(`//button[text()="Unauthorized"]`), chromedp.WaitVisible(unauthorized))
			b.mustHaveNoErrors()
		})
	}
}

// coverScript returns the lines of JSON of which something else is on top, or which are cut off.
//
//go:embed cover.js
var coverScript string

// TestPagesLookAlike compares the pages. They have one width, and one font for texts beside one for code.
func TestPagesLookAlike(t *testing.T) {
	s := start(t)
	b := open(t, 1280, 900)
	const look = `(() => {
		const { left, right } = document.querySelector(".page h1").parentElement.getBoundingClientRect();
		const fonts = [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility()).map((e) => getComputedStyle(e).fontFamily);
		return [left + " to " + right, ...[...new Set(fonts)].sort()];
	})()`
	var first []string
	paths := []string{"/docs/", "/problems", "/problems/token-expired"}
	paths = append(paths, "/docs/inspect") // part:inspector
	for _, path := range paths {
		b.do(chromedp.Navigate(s.api+path), chromedp.WaitVisible(chromedp.CSS("h1")))
		if path == "/docs/" {
			b.click(operation("items", "createItem") + " .opblock-summary-control")
			b.do(chromedp.WaitVisible(operation("items", "createItem") + " .responses-table"))
		}
		got := ask(b, chromedp.Evaluate[[]string](look))
		if first == nil {
			first = got
		}
		if !slices.Equal(got, first) || len(got) != 3 {
			t.Errorf("%s is at %q, want %q: one width, a font for texts and one for code", path, got, first)
		}
	}
	b.mustHaveNoErrors()
}
