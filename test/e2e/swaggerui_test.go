package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestSignInAndCallsInSwaggerUI does what the README promises: make run, open the documentation, sign in with
// one click, create an item and list it, sign out, and read why a call is rejected.
func TestSignInAndCallsInSwaggerUI(t *testing.T) {
	s := start(t)
	b := open(t, 1200, 1560)
	b.do(chromedp.Navigate(s.api+"/docs/"), chromedp.WaitVisible(operation("items", "listItems")))

	t.Run("only protected operations have a padlock", func(t *testing.T) {
		for id, want := range map[chromedp.CSS]bool{
			operation("items", "listItems"): true, operation("me", "getMe"): true,
			operation("service", "getHealth"): false, operation("service", "getIndex"): false, // with or without a token
		} {
			got := ask(b, chromedp.Evaluate[bool](`document.querySelector("`+string(id)+` .authorization__btn") !== null`))
			if got != want {
				t.Errorf("%s has a padlock: got %v, want %v", id, got, want)
			}
		}
	})
	t.Run("an operation cannot be executed while it loads", func(t *testing.T) {
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
			t.Error("there was a button, which would wait for a response without end")
		}
	})
	t.Run("an anonymous call is rejected", func(t *testing.T) {
		b.execute("items", "listItems")
		b.mustRespond(t, "items", "listItems", "401", "credentials-missing")
	})
	t.Run("the dialog has each way to sign in once", func(t *testing.T) {
		b.click(".auth-wrapper .btn.authorize")
		b.do(chromedp.WaitVisible(chromedp.CSS(".dialog-ux")))
		const ways = `[...document.querySelectorAll(".dialog-ux .auth-container h4")].map((e) => e.textContent.split(/\s/)[0]).sort().join(" ")`
		want := "bearer oauth2"
		want = "apiKey " + want // part:keys
		if got := ask(b, chromedp.Evaluate[string](ways)); got != want {
			t.Errorf("it has %q", got)
		}
		b.click(".dialog-ux .btn-done")
	})
	t.Run("alice signs in with one click", func(t *testing.T) {
		b.logIn("alice")
	})
	t.Run("alice creates an item and lists it", func(t *testing.T) {
		b.execute("items", "createItem")
		created := b.mustRespond(t, "items", "createItem", "201", `"created_at"`)
		var item struct{ ID string }
		if err := json.Unmarshal([]byte(created), &item); err != nil || item.ID == "" {
			t.Fatalf("created %q: %v", created, err)
		}
		b.execute("items", "listItems")
		b.mustRespond(t, "items", "listItems", "200", item.ID)
		b.click(operation("items", "createItem") + " .opblock-summary-control") // closes it
		b.do(chromedp.ScrollIntoView(chromedp.CSS("header")))
		b.screenshot("docs")
		b.execute("admin", "listAllItems")
		b.mustRespond(t, "admin", "listAllItems", "200", `"owner": "alice"`)
	})
	t.Run("the profile comes from the provider", func(t *testing.T) {
		b.execute("me", "getMyProfile")
		b.mustRespond(t, "me", "getMyProfile", "200", `"sub": "alice"`)
	})
	t.Run("after signing out, calls are anonymous", func(t *testing.T) {
		b.logOut()
		b.execute("items", "listItems")
		b.mustRespond(t, "items", "listItems", "401", "credentials-missing")
	})
	t.Run("a pasted key works like its owner", func(t *testing.T) { // part:keys:begin
		b.logIn("alice")
		b.execute("keys", "createKey")
		var made struct{ Key string }
		if err := json.Unmarshal([]byte(b.mustRespond(t, "keys", "createKey", "201", "gatehouse_")), &made); err != nil {
			t.Fatal(err)
		}
		b.logOut()
		b.paste("apiKey", made.Key)
		b.execute("items", "listItems")
		b.mustRespond(t, "items", "listItems", "200", "Lantern")
		b.execute("keys", "listKeys")
		b.mustRespond(t, "keys", "listKeys", "401", "credentials-missing") // the page sends no key where none is accepted
		b.logOut()
	}) // part:keys:end
	t.Run("bob has no items and is not an administrator", func(t *testing.T) {
		b.logIn("bob")
		b.execute("items", "listItems")
		b.mustRespond(t, "items", "listItems", "200", `"items": []`)
		b.execute("admin", "listAllItems")
		b.mustRespond(t, "admin", "listAllItems", "403", "access-denied")
		b.screenshot("rejected")
	})
	b.mustStayOn(s.api, s.provider)
}

// The buttons of the dialog.
const (
	logoutButton    = `//div[contains(@class, "dialog-ux")]//button[text()="Logout"]`
	authorizeButton = `//input[starts-with(@id, "client_id")]/following::button[contains(@class, "authorize")][1]`
)

// logIn clicks Authorize and chooses a user on the provider's page.
func (b *browser) logIn(user string) {
	b.t.Helper()
	b.click(".auth-wrapper .btn.authorize")
	b.do(chromedp.WaitVisible(chromedp.CSS(".dialog-ux")))
	b.screenshot("authorize")
	p := b.popup(func() { b.do(chromedp.Click(authorizeButton)) })
	button := `//button[contains(translate(., "AB", "ab"), "` + user + `")]`
	p.do(chromedp.WaitVisible(button))
	p.screenshot("login")
	p.mustHaveNoErrors()
	if err := chromedp.Do(p.ctx, chromedp.Click(button)); err != nil && p.ctx.Err() == nil {
		b.t.Logf("the window closed during the click: %v", err)
	}
	b.do(chromedp.WaitVisible(`//p[@id="caller"]/strong[text()="` + user + `"]`))
}

// logOut clicks Authorize and then Logout.
func (b *browser) logOut() {
	b.t.Helper()
	b.click(".auth-wrapper .btn.authorize")
	b.do(chromedp.Click(logoutButton), chromedp.WaitVisible(authorizeButton))
	b.click(".dialog-ux .btn-done")
}

// paste clicks Authorize and enters a credential of the scheme.
func (b *browser) paste(scheme, credential string) {
	b.t.Helper()
	b.click(".auth-wrapper .btn.authorize")
	container := `//div[@class="auth-container"][.//h4[starts-with(., "` + scheme + `")]]`
	b.do(chromedp.WaitVisible(container), chromedp.SendKeys(container+`//input`, credential), chromedp.Click(container+`//button[contains(@class, "authorize")]`),
		chromedp.WaitVisible(`//p[@id="caller"][text()="Credentials are set"]`))
}

// execute opens an operation, unless it is open, and clicks Execute.
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

// mustRespond checks the response that an operation shows, and returns its body.
func (b *browser) mustRespond(t *testing.T, tag, id, status, part string) string {
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
