package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestStory is what the README promises: make run, open the docs, log in with one click, create an
// item and see it in the list, log out, be refused and read why.
func TestStory(t *testing.T) {
	s := start(t)
	b := open(t, 1200, 1560)
	b.do(chromedp.Navigate(s.api+"/docs/"), chromedp.WaitVisible(operation("items", "listItems")))

	t.Run("only what asks for a token has a padlock", func(t *testing.T) {
		for id, want := range map[chromedp.CSS]bool{
			operation("items", "listItems"): true, operation("me", "getMe"): true, operation("service", "getHealth"): false,
		} {
			got := ask(b, chromedp.Evaluate[bool](`document.querySelector("`+string(id)+` .authorization__btn") !== null`))
			if got != want {
				t.Errorf("%s has a padlock: got %v, want %v", id, got, want)
			}
		}
	})
	t.Run("an operation that is not read yet cannot be executed", func(t *testing.T) {
		at := operation("me", "getMe")
		ask(b, chromedp.Evaluate[bool](`(() => {
			const operation = document.querySelector("`+string(at)+`"), seen = (part) => operation.querySelector(part) !== null;
			window.early = false;
			const watch = () => { window.early ||= seen(".opblock-loading-animation") && seen(".btn.execute") };
			new MutationObserver(watch).observe(operation, { childList: true, subtree: true });
			return true;
		})()`))
		b.click(at + " .opblock-summary-control")
		b.do(chromedp.WaitVisible(at + " .btn.execute"))
		b.click(at + " .opblock-summary-control") // closes it
		if ask(b, chromedp.Evaluate[bool]("window.early")) {
			t.Error("there was a button, which would wait for its answer for ever")
		}
	})
	t.Run("a stranger is refused and told why", func(t *testing.T) {
		b.execute("items", "listItems")
		b.mustAnswer(t, "items", "listItems", "401", "credentials-missing")
	})
	t.Run("the dialog offers every way to sign in once", func(t *testing.T) {
		b.click(".auth-wrapper .btn.authorize")
		b.do(chromedp.WaitVisible(chromedp.CSS(".dialog-ux")))
		const ways = `[...document.querySelectorAll(".dialog-ux .auth-container h4")].map((e) => e.textContent.split(/\s/)[0]).sort().join(" ")`
		if got := ask(b, chromedp.Evaluate[string](ways)); got != "bearer oauth2" {
			t.Errorf("it offers %q", got)
		}
		b.click(".dialog-ux .btn-done")
	})
	t.Run("alice logs in with one click", func(t *testing.T) {
		b.logIn("alice")
	})
	t.Run("she creates an item and sees it in her list", func(t *testing.T) {
		b.execute("items", "createItem")
		created := b.mustAnswer(t, "items", "createItem", "201", "Lantern")
		var item struct{ ID string }
		if err := json.Unmarshal([]byte(created), &item); err != nil || item.ID == "" {
			t.Fatalf("created %q: %v", created, err)
		}
		b.execute("items", "listItems")
		b.mustAnswer(t, "items", "listItems", "200", item.ID)
		b.click(operation("items", "createItem") + " .opblock-summary-control") // closes it
		b.do(chromedp.ScrollIntoView(chromedp.CSS("header")))
		b.screenshot("docs")
		b.execute("admin", "listAllItems")
		b.mustAnswer(t, "admin", "listAllItems", "200", `"owner": "alice"`)
	})
	t.Run("her profile comes from the provider", func(t *testing.T) {
		b.execute("me", "getMyProfile")
		b.mustAnswer(t, "me", "getMyProfile", "200", `"sub": "alice"`)
	})
	t.Run("logged out, she is a stranger", func(t *testing.T) {
		b.logOut()
		b.execute("items", "listItems")
		b.mustAnswer(t, "items", "listItems", "401", "credentials-missing")
	})
	t.Run("bob sees nothing of hers and is no admin", func(t *testing.T) {
		b.logIn("bob")
		b.execute("items", "listItems")
		b.mustAnswer(t, "items", "listItems", "200", `"items": []`)
		b.execute("admin", "listAllItems")
		b.mustAnswer(t, "admin", "listAllItems", "403", "access-denied")
		b.screenshot("refused")
	})
	b.mustBeCalm(s.api, s.provider)
}

// The buttons of the dialog.
const (
	logoutButton    = `//div[contains(@class, "dialog-ux")]//button[text()="Logout"]`
	authorizeButton = `//input[starts-with(@id, "client_id")]/following::button[contains(@class, "authorize")][1]`
)

// logIn presses Authorize and picks a user on the provider's page.
func (b *browser) logIn(user string) {
	b.t.Helper()
	b.click(".auth-wrapper .btn.authorize")
	b.do(chromedp.WaitVisible(chromedp.CSS(".dialog-ux")))
	b.screenshot("authorize")
	p := b.popup(func() { b.do(chromedp.Click(authorizeButton)) })
	button := `//button[contains(translate(., "AB", "ab"), "` + user + `")]`
	p.do(chromedp.WaitVisible(button))
	p.screenshot("login")
	p.mustBeCalmYet()
	if err := chromedp.Do(p.ctx, chromedp.Click(button)); err != nil && p.ctx.Err() == nil {
		b.t.Logf("the window closed during the click: %v", err)
	}
	b.do(chromedp.WaitVisible(logoutButton))
	b.click(".dialog-ux .btn-done")
}

// logOut presses Authorize and then Logout.
func (b *browser) logOut() {
	b.t.Helper()
	b.click(".auth-wrapper .btn.authorize")
	b.do(chromedp.Click(logoutButton), chromedp.WaitVisible(authorizeButton))
	b.click(".dialog-ux .btn-done")
}

// mustBeCalmYet fails the test if the window complained so far.
func (b *browser) mustBeCalmYet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, complaint := range b.complaints {
		b.t.Errorf("the login page complained: %s", complaint)
	}
}

// execute opens an operation, if it is closed, and presses Execute.
func (b *browser) execute(tag, id string) {
	b.t.Helper()
	at := operation(tag, id)
	open := chromedp.Evaluate[bool](`document.querySelector("` + string(at) + `").classList.contains("is-open")`)
	if !ask(b, open) {
		b.click(at + " .opblock-summary-control")
	} else {
		b.click(at + " .btn-clear")
	}
	b.click(at + " .btn.execute")
}

// mustAnswer expects a live response, and returns its body.
func (b *browser) mustAnswer(t *testing.T, tag, id, status, part string) string {
	t.Helper()
	live := operation(tag, id) + " .live-responses-table"
	if got := strings.Fields(b.text(live + " tbody .response-col_status")); len(got) == 0 || got[0] != status {
		t.Errorf("%s: got status %v, want %s", id, got, status)
	}
	body := b.text(live + " .highlight-code code")
	if !strings.Contains(body, part) {
		t.Errorf("%s: got body %s, want %q in it", id, body, part)
	}
	return body
}
