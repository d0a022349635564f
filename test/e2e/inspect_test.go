package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTheInspectorExplainsRejections opens the inspector by a click on a rejected call, and pastes tokens.
func TestTheInspectorExplainsRejections(t *testing.T) {
	s := start(t)
	b := open(t, 1000, 1400)
	_, idToken := s.signIn(t)

	t.Run("a rejected call links to its explanation", func(t *testing.T) {
		b.do(chromedp.Navigate(s.api+"/docs/"), chromedp.WaitVisible(operation("items", "listItems")))
		b.execute("items", "listItems")
		b.mustRespond(t, "items", "listItems", "401", "credentials-missing")
		b.click(operation("items", "listItems") + ` .rejection a[href^="inspect#"]`)
		b.mustShow(t, "This call was rejected: credentials-missing")
		if failed := b.text(".checks .failed"); !strings.Contains(failed, "no header") {
			t.Errorf("the failed check is %q", failed)
		}
		page := b.text("#answer")
		for _, once := range []string{"The request has no Authorization header.", "Send the header Authorization: Bearer <access token>"} {
			if strings.Count(page, once) != 1 {
				t.Errorf("%q is not in the page once: %s", once, page)
			}
		}
		if strings.Contains(page, "What the token says") || strings.Contains(page, "undefined") {
			t.Errorf("without a token the page is %s", page)
		}
	})
	t.Run("an ID token is rejected and named", func(t *testing.T) {
		b.inspect(s, idToken)
		b.mustShow(t, "This token is rejected: token-type-wrong")
		failed := b.text(".checks .failed")
		for _, want := range []string{"typ", "token-type-wrong", `"at+jwt"`, `"JWT"`, "The token is an ID token: send access_token, not id_token."} {
			if !strings.Contains(failed, want) {
				t.Errorf("the failed check is %q, without %s", failed, want)
			}
		}
		if page := b.text("#answer"); !strings.Contains(page, `"sub": "alice"`) || strings.Contains(page, idToken[strings.LastIndexByte(idToken, '.')+1:]) {
			t.Errorf("the page is %s", page)
		}
		b.screenshot("inspect")
	})
	t.Run("a valid token passes every check", func(t *testing.T) {
		b.inspect(s, "Authorization: Bearer "+s.token(t))
		b.mustShow(t, "This token is accepted")
		if ask(b, chromedp.Evaluate[bool](`document.querySelector(".checks .failed, .checks .skipped") !== null`)) {
			t.Errorf("the checks are %s", b.text(".checks"))
		}
	})
	t.Run("the body of a rejection is explained", func(t *testing.T) {
		b.inspect(s, s.rejection(t, "/admin/items"))
		b.mustShow(t, "This call was rejected: access-denied")
		if failed := b.text(".checks .failed"); !strings.Contains(failed, `The caller lacks ["admin"]`) {
			t.Errorf("the failed check is %q", failed)
		}
		b.screenshot("inspect-rejection")
	})
	t.Run("the page fits a narrow dark screen", func(t *testing.T) {
		b.do(chromedp.EmulateViewport(360, 740), prefer("dark"))
		b.inspect(s, idToken)
		b.mustShow(t, "This token is rejected: token-type-wrong")
		b.mustBeReadable(t, "dark")
		b.screenshot("inspect-narrow")
	})
	b.mustStayOn(s.api, s.provider)
}

// inspect opens the inspector and pastes a text.
func (b *browser) inspect(s *app, text string) {
	b.t.Helper()
	b.do(chromedp.Navigate(s.api+"/docs/inspect"), chromedp.SetValue(chromedp.CSS("#subject"), text))
	b.click("#question button")
}

// mustShow checks the result. It has the focus, so that a screen reader begins there.
func (b *browser) mustShow(t *testing.T, want string) {
	t.Helper()
	b.do(chromedp.WaitVisible(chromedp.CSS("#result")))
	if got := strings.TrimSpace(b.text("#result")); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := ask(b, chromedp.Evaluate[string](`document.activeElement.id`)); got != "result" {
		t.Errorf("the focus is on %q", got)
	}
}

// rejection returns the body of a call that is rejected.
func (s *app) rejection(t *testing.T, path string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.api+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.token(t))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body json.RawMessage
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return string(body)
}
