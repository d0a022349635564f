package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"example.com/gatehouse/auth/authtest"
)

func TestTextsAreBrief(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"a sentence", `He said "café\n".`, `He said "café\n".`},
		{"300 characters", strings.Repeat("é", 300), strings.Repeat("é", 300)},
		{"301 characters", strings.Repeat("é", 301), strings.Repeat("é", 299) + "…"},
		{"a megabyte", strings.Repeat("𝔊", 1<<18), strings.Repeat("𝔊", 299) + "…"},
		{"lines and tabs", "a\r\nb\tc", `a\r\nb\tc`},
		{"an escape sequence", "\x1b[31mred", `\x1b[31mred`},
		{"an escape sequence in one character", "\u009b31mred", `\u009b31mred`},
		{"all of C1", "\u0080\u0085\u009f", `\u0080\u0085\u009f`},
		{"delete", "a\x7f", `a\x7f`},
		{"text that runs the other way", "\u202egnp.exe\u2066\u200f", `\u202egnp.exe\u2066\u200f`},
		{"other line breaks", "a\u2028b\u2029", `a\u2028b\u2029`},
		{"characters without a width", "a\u200b\ufeff\u00ad", `a\u200b\ufeff\u00ad`},
		{"characters of a tag", "\U000e0041", `\U000e0041`},
		{"no text at all", "\xff\xfea", "\ufffd\ufffda"},
		{"escapes count as they are written", strings.Repeat("\u0085", 60), strings.Repeat(`\u0085`, 49) + `\u008…`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Brief(test.text); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			for name, got := range map[string]string{"quote": quote(test.text), "quoteAll": quoteAll([]string{test.text, "x"})} {
				if utf8.RuneCountInString(got) > maxBrief || strings.ContainsFunc(got, hidden) || !utf8.ValidString(got) {
					t.Errorf("%s returns %s", name, got)
				}
			}
		})
	}
	if got := Brief(strings.Repeat("x", 100)); testing.AllocsPerRun(10, func() { Brief(got) }) > 0 {
		t.Error("a text that stays as it is is copied")
	}
}

func TestBriefErrorsWrapTheirCause(t *testing.T) {
	err := briefly(fmt.Errorf("%s: %w", strings.Repeat("x", 1000), io.ErrUnexpectedEOF))
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(err.Error()) > maxBrief+2 {
		t.Errorf("got %v", err)
	}
}

// evil are texts that a token or a provider may have in any place.
var evil = []string{strings.Repeat("x", 5000), strings.Repeat("\x01", 900), "\u009b31m\u202e\r\n fake", strings.Repeat("\u2028", 900)}

// TestTokensCannotFillErrors puts evil texts into every place of a token: as a name, a text, a member of a list, a number.
func TestTokensCannotFillErrors(t *testing.T) {
	issuer := authtest.New("https://login.example.com", "https://api.example.com")
	for _, profile := range []Profile{RFC9068(), PlainJWT()} {
		v := connectTo(t, issuer, profile)
		for _, text := range evil {
			for _, place := range []string{"iss", "sub", "aud", "client_id", "azp", "scope", "scp", "roles", "acr", "jti", "exp", "typ", "token_use", text} {
				for _, value := range []any{text, []string{text, text}, strings.Split(text, "x"), map[string]any{text: text}, []any{text, 5}} {
					checkBrief(t, v, issuer.Token(authtest.Claims{place: value}))
					checkBrief(t, v, issuer.Sign(map[string]any{"typ": "at+jwt", place: value}, issuer.Claims()))
				}
			}
			key := issuer.Key()
			header := fmt.Sprintf(`{"alg":"ES256","typ":"at+jwt","kid":%q}`, key.ID)
			checkBrief(t, v, key.SignText(header, `{`+mustMarshal(text)+`:1,`+mustMarshal(text)+`:2}`))
			checkBrief(t, v, key.SignText(header, `{"n":`+strings.Repeat("1", len(text))+`}`))
			checkBrief(t, v, key.SignText(header, `{"iss":`+mustMarshal(text)))
			checkBrief(t, v, key.SignText(`{`+mustMarshal(text)+`:1,`+mustMarshal(text)+`:2}`, `{}`))
		}
	}
}

func connectTo(t *testing.T, issuer *authtest.Issuer, p Profile) *Verifier {
	v, err := Connect(t.Context(), Config{Issuer: issuer.URL, Audience: []string{issuer.Audience}, Profile: p, Transport: issuer})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// checkBrief explains a token, and checks all that may be logged or stored of it.
func checkBrief(t *testing.T, v *Verifier, token string) {
	t.Helper()
	_, err := v.Verify(LimitSignatures(t.Context(), impatient{}), AccessToken(token))
	e := v.ExplainRejection(AccessToken(token), err)
	texts := []string{string(e.Header), string(e.Claims)}
	if err != nil {
		texts = append(texts, err.Error())
	}
	if e.Caller != nil {
		texts = append(texts, e.Caller.LogValue().String())
	}
	for _, check := range e.Checks {
		if longest := max(len(check.Actual), len(check.Advice), len(check.Expected)); longest > 4*maxBrief {
			t.Fatalf("%s has %d bytes: %+v", check.Name, longest, check)
		}
		texts = append(texts, check.Actual, check.Advice, check.Expected)
	}
	for _, text := range texts {
		if strings.ContainsFunc(text, hidden) {
			t.Fatalf("got hidden characters in %q", text)
		}
		if strings.Contains(text, strings.Repeat("x", maxBrief+1)) || strings.Count(text, `\u`) > 4*maxBrief {
			t.Fatalf("got %d bytes: %.1000s", len(text), text)
		}
	}
	if err != nil && len(err.Error()) > 4*maxBrief {
		t.Fatalf("the error has %d bytes: %.1000s", len(err.Error()), err)
	}
}

func TestCallersAreLoggedBriefly(t *testing.T) {
	for _, text := range evil {
		got := (&Principal{Issuer: "https://login.example.com", Subject: text, ClientID: text}).LogValue().String()
		if len(got) > 4*maxBrief || strings.ContainsFunc(got, hidden) {
			t.Errorf("got %.1000q", got)
		}
	}
}

// TestProvidersCannotFillTheLog has providers that write evil texts, and a key set of 170,000 keys that cannot be used.
func TestProvidersCannotFillTheLog(t *testing.T) {
	keys := func(text string) func(*authtest.Issuer) http.HandlerFunc {
		return func(i *authtest.Issuer) http.HandlerFunc {
			return i.On("/jwks", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) })
		}
	}
	metadata := func(text string) func(*authtest.Issuer) http.HandlerFunc {
		return func(i *authtest.Issuer) http.HandlerFunc {
			return i.On("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", strings.Repeat("x", 5000))
				io.WriteString(w, text)
			})
		}
	}
	for name, fault := range map[string]func(*authtest.Issuer) http.HandlerFunc{
		"170,000 members that are no keys": keys(`{"keys":[` + strings.Repeat("{},", 169_999) + `{}]}`),
		"170,000 of them beside a key":     keys(`{"keys":[` + strings.Repeat("{},", 150_000) + publishedWith(authtest.NewKey("ES256"), nil) + `]}`),
		"a key before 170,000 others":      keys(`{"keys":[` + publishedWith(authtest.NewKey("ES256"), nil) + strings.Repeat(",{}", 150_000) + `]}`),
		"a kid of 400 KB":                  keys(`{"keys":[{"kty":"EC","kid":"` + strings.Repeat("k", 400_000) + `"}]}`),
		"a kty of 400 KB":                  keys(`{"keys":[{"kty":"` + strings.Repeat("k", 400_000) + `"}]}`),
		"an alg of hidden characters":      keys(`{"keys":[` + publishedWith(authtest.NewKey("ES256"), map[string]any{"alg": evil[2]}) + `]}`),
		"a member of 400 KB, twice":        keys(`{"` + strings.Repeat("k", 200_000) + `":1,"` + strings.Repeat("k", 200_000) + `":1}`),
		"an issuer of 400 KB":              metadata(`{"issuer":"` + strings.Repeat("i", 400_000) + `"}`),
		"an issuer of hidden characters":   metadata(`{"issuer":` + mustMarshal(evil[2]) + `}`),
		"an address of 400 KB":             metadata(`{"issuer":"https://login.example.com","jwks_uri":"x:` + strings.Repeat("i", 400_000) + `"}`),
		"a page":                           metadata("<html>" + evil[2]),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				issuer := authtest.New("https://login.example.com", "https://api.example.com")
				issuer.Break(fault(issuer))
				var log strings.Builder
				ctx, cancel := context.WithCancel(t.Context())
				v, err := Connect(ctx, Config{Issuer: issuer.URL, Audience: []string{issuer.Audience}, Transport: issuer,
					Log: slog.New(slog.NewJSONHandler(&log, nil))})
				if err != nil {
					t.Fatal(err)
				}
				_, err = v.Verify(ctx, AccessToken(issuer.Token()))
				time.Sleep(time.Second)
				cancel()
				synctest.Wait()
				lines := strings.Count(log.String(), "\n")
				if lines != 1 || len(log.String()) > 4*maxBrief || strings.ContainsFunc(strings.TrimSpace(log.String()), hidden) {
					t.Errorf("got %d lines, %d bytes of log: %.1000s", lines, len(log.String()), log.String())
				}
				if err == nil || len(err.Error()) > 4*maxBrief {
					t.Errorf("got %.1000s", err)
				}
				if p := v.provider.published.Load(); p != nil && len(p.unusable.reasons) > maxReasons {
					t.Errorf("%d reasons are stored", len(p.unusable.reasons))
				}
			})
		})
	}
}
