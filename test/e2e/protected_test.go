package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestProtectedDocsNeedASignIn opens the page with DOCS=protected. It shows no operation without a token.
func TestProtectedDocsNeedASignIn(t *testing.T) {
	s := start(t, "DOCS=protected")
	b := open(t, 1200, 1560)
	b.do(chromedp.Navigate(s.api+"/docs/"), chromedp.WaitVisible(chromedp.CSS(".auth-wrapper .btn.authorize")))

	t.Run("an anonymous caller can only sign in", func(t *testing.T) {
		b.mustShowNoOperation(t)
		b.screenshot("protected")
	})
	t.Run("a caller who signed in sees the operations", func(t *testing.T) {
		b.logIn("alice")
		b.do(chromedp.WaitVisible(operation("items", "listItems")))
		if page := b.text("#swagger-ui"); strings.Contains(page, "Sign in to see the operations.") {
			t.Errorf("the page is still %q", page)
		}
	})
	t.Run("an operation can be executed", func(t *testing.T) {
		b.execute("items", "listItems")
		b.mustRespond(t, "items", "listItems", "200", `"items"`)
	})
	t.Run("after signing out there is no operation", func(t *testing.T) {
		b.logOut()
		b.mustShowNoOperation(t)
	})
	t.Run("an invalid token is rejected with its reason", func(t *testing.T) {
		b.pasteToken("opaque")
		if rejection := b.text("#rejected .rejection"); !strings.Contains(rejection, "401 token-malformed") {
			t.Errorf("the page shows %q", rejection)
		}
		b.mustShowNoOperation(t)
		b.screenshot("protected-rejected")
	})
	t.Run("a pasted token is accepted", func(t *testing.T) {
		b.logOut()
		b.pasteToken(s.token(t))
		b.do(chromedp.WaitVisible(operation("items", "listItems")))
		if ask(b, chromedp.Evaluate[bool](`document.querySelector(".rejection") !== null`)) {
			t.Error("the page still shows the rejection")
		}
	})
	b.mustStayOn(s.api, s.provider)
}

// mustShowNoOperation fails the test if the page has operations, schemas or links to the document.
func (b *browser) mustShowNoOperation(t *testing.T) {
	t.Helper()
	b.do(chromedp.WaitVisible(`//div[@id="swagger-ui"]//p[text()="Sign in to see the operations."]`))
	if ask(b, chromedp.Evaluate[bool](`document.querySelector(".opblock, .opblock-tag, .models, a[href$='openapi.json']") !== null`)) {
		t.Errorf("the page shows %q", b.text("#swagger-ui"))
	}
}

// pasteToken clicks Authorize and pastes a token.
func (b *browser) pasteToken(token string) {
	b.t.Helper()
	b.click(".auth-wrapper .btn.authorize")
	b.do(chromedp.SendKeys(chromedp.CSS("#auth-bearer-value"), token))
	b.do(chromedp.Click(`//input[@id="auth-bearer-value"]/following::button[contains(@class, "authorize")][1]`))
	b.do(chromedp.WaitNotPresent(chromedp.CSS(".dialog-ux")))
}
