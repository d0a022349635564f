package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestProtectedDocumentation is the page with DOCS=protected: it shows the operations to who signed in, and
// to nobody else.
func TestProtectedDocumentation(t *testing.T) {
	s := start(t, "DOCS=protected")
	b := open(t, 1200, 1560)
	b.do(chromedp.Navigate(s.api+"/docs/"), chromedp.WaitVisible(chromedp.CSS(".auth-wrapper .btn.authorize")))

	t.Run("a stranger sees how to sign in, and no operation", func(t *testing.T) {
		b.mustShowNoOperation(t)
		b.screenshot("protected")
	})
	t.Run("alice logs in and sees them", func(t *testing.T) {
		b.logIn("alice")
		b.do(chromedp.WaitVisible(operation("items", "listItems")))
		if page := b.text("#swagger-ui"); strings.Contains(page, "Sign in to see the operations.") {
			t.Errorf("the page still says %q", page)
		}
	})
	t.Run("she executes one", func(t *testing.T) {
		b.execute("items", "listItems")
		b.mustAnswer(t, "items", "listItems", "200", `"items"`)
	})
	t.Run("logged out, she sees none again", func(t *testing.T) {
		b.logOut()
		b.mustShowNoOperation(t)
	})
	t.Run("a token that is refused shows none, and says why", func(t *testing.T) {
		b.pasteToken("opaque")
		if refusal := b.text("#refused .refusal"); !strings.Contains(refusal, "401 token-malformed") {
			t.Errorf("the page says %q", refusal)
		}
		b.mustShowNoOperation(t)
		b.screenshot("protected-refused")
	})
	t.Run("a token from elsewhere serves as well", func(t *testing.T) {
		b.logOut()
		b.pasteToken(s.token(t))
		b.do(chromedp.WaitVisible(operation("items", "listItems")))
		if ask(b, chromedp.Evaluate[bool](`document.querySelector(".refusal") !== null`)) {
			t.Error("the refusal of before is still there")
		}
	})
	b.mustBeCalm(s.api, s.provider)
}

// mustShowNoOperation expects the page without operations, schemas and links to the document.
func (b *browser) mustShowNoOperation(t *testing.T) {
	t.Helper()
	b.do(chromedp.WaitVisible(`//div[@id="swagger-ui"]//p[text()="Sign in to see the operations."]`))
	if ask(b, chromedp.Evaluate[bool](`document.querySelector(".opblock, .opblock-tag, .models, a[href$='openapi.json']") !== null`)) {
		t.Errorf("the page shows %q", b.text("#swagger-ui"))
	}
}

// pasteToken presses Authorize and gives a token that was obtained elsewhere.
func (b *browser) pasteToken(token string) {
	b.t.Helper()
	b.click(".auth-wrapper .btn.authorize")
	b.do(chromedp.SendKeys(chromedp.CSS("#auth-bearer-value"), token))
	b.do(chromedp.Click(`//input[@id="auth-bearer-value"]/following::button[contains(@class, "authorize")][1]`))
	b.do(chromedp.WaitVisible(logoutButton))
	b.click(".dialog-ux .btn-done")
}
