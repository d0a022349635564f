package auth_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

const (
	issuerURL = "https://login.example.com"
	audience  = "https://api.example.com"
)

// A world is an issuer and a verifier of its tokens, without a network. Within a bubble its time is
// fake.
type world struct {
	t        *testing.T
	issuer   *authtest.Issuer
	verifier *auth.Verifier
}

// connect returns a world that lasts as long as the test.
func connect(t *testing.T, issuer *authtest.Issuer, changes ...func(*auth.Config)) *world {
	t.Helper()
	config := auth.Config{Issuer: issuer.URL, Audience: []string{audience}, Transport: issuer}
	for _, change := range changes {
		change(&config)
	}
	verifier, err := auth.Connect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, issuer, verifier}
}

// bubble runs a test in fake time, with an issuer that has no network.
func bubble(t *testing.T, test func(t *testing.T, issuer *authtest.Issuer)) {
	synctest.Test(t, func(t *testing.T) { test(t, authtest.New(issuerURL, audience)) })
}

func (w *world) verify(token string) error {
	_, err := w.verifier.Verify(w.t.Context(), auth.Token(token))
	return err
}

// want fails the test unless verifying a token ends with a reason, or well with nil.
func (w *world) want(token string, reason *problem.Type) {
	w.t.Helper()
	if err := w.verify(token); reason == nil && err != nil || reason != nil && !errors.Is(err, reason) {
		w.t.Errorf("got %v, want %v", err, reason)
	}
}

// wantUnavailable also wants to be told when to try again.
func (w *world) wantUnavailable(token string) {
	w.t.Helper()
	refusal, ok := errors.AsType[*auth.Error](w.verify(token))
	if !ok || refusal.Type != problem.AuthUnavailable || refusal.RetryAfter != 5*time.Second {
		w.t.Errorf("got %+v, want problem.AuthUnavailable", refusal)
	}
}

func (w *world) wantState(state auth.State) auth.Status {
	w.t.Helper()
	s := w.verifier.Provider().Status()
	if s.State != state {
		w.t.Errorf("got %+v, want %s", s, state)
	}
	return s
}

func (w *world) wantFetches(n int) {
	w.t.Helper()
	if got := w.issuer.Fetches("/jwks"); got != n {
		w.t.Errorf("got %d fetches of the keys, want %d", got, n)
	}
}

// pass lets time go by, and all that was due in it end.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// took returns how long something takes.
func took(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func TestTheFirstRequestWaitsForTheFirstFetch(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(issuer.Slow(2 * time.Second)) // each, metadata and keys
		w := connect(t, issuer)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if d := took(func() { w.want(issuer.Token(), nil) }); d != 4*time.Second {
					t.Errorf("it took %s", d)
				}
			})
		}
		wg.Wait()
		w.wantFetches(1)
	})
}

func TestTheFirstRequestWaitsNoLongerThanItsCaller(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(authtest.Hang)
		w := connect(t, issuer)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		d := took(func() {
			if _, err := w.verifier.Verify(ctx, auth.Token(issuer.Token())); !errors.Is(err, problem.AuthUnavailable) {
				t.Errorf("got %v", err)
			}
		})
		if d != time.Second {
			t.Errorf("it took %s", d)
		}
	})
}

func TestAProviderThatHangsIsWaitedForOnce(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(authtest.Hang)
		w := connect(t, issuer)
		if d := took(func() { w.wantUnavailable(issuer.Token()) }); d != 5*time.Second {
			t.Errorf("the first request took %s", d)
		}
		for range 10 {
			if d := took(func() { w.wantUnavailable(issuer.Token()) }); d != 0 {
				t.Errorf("a later request took %s", d)
			}
			pass(700 * time.Millisecond)
		}
	})
}

func TestMetadataAndKeysTogetherTakeFiveSecondsAtMost(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(issuer.Slow(3 * time.Second))
		w := connect(t, issuer)
		if d := took(func() { w.wantUnavailable(issuer.Token()) }); d != 5*time.Second {
			t.Errorf("it took %s", d)
		}
	})
}

// TestInstancesThatStartTogetherDoNotComeTogether watches when twenty of them fetch again.
func TestInstancesThatStartTogetherDoNotComeTogether(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		for range 20 {
			connect(t, issuer)
		}
		synctest.Wait()
		w := &world{t: t, issuer: issuer}
		w.wantFetches(20)
		most, before := 0, 20
		for range 60 { // for five minutes
			pass(5 * time.Second)
			most = max(most, issuer.Fetches("/jwks")-before)
			before = issuer.Fetches("/jwks")
		}
		w.wantFetches(40)
		if most > 15 {
			t.Errorf("%d of 20 fetched within five seconds", most)
		}
	})
}

func TestTheAPIStartsWhileTheProviderIsDown(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(authtest.Down)
		w := connect(t, issuer)
		w.wantUnavailable(issuer.Token())
		if s := w.wantState(auth.Down); !s.Fetched.IsZero() || !s.Until.IsZero() || s.Detail != "the provider's keys cannot be fetched" {
			t.Errorf("got %+v", s)
		}
		if _, known := w.verifier.Provider().Endpoint(); known {
			t.Error("its addresses are known")
		}
		pass(time.Minute)
		w.wantUnavailable(issuer.Token())
		issuer.Break(nil)
		pass(5 * time.Second)
		w.want(issuer.Token(), nil)
		w.wantState(auth.Ready)
		if endpoint, known := w.verifier.Provider().Endpoint(); !known || endpoint.TokenURL != issuer.URL+"/token" || endpoint.AuthURL != issuer.URL+"/authorize" {
			t.Errorf("got %+v", endpoint)
		}
	})
}

func TestAFailedFetchIsTriedAgainEveryFiveSeconds(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(authtest.Down)
		w := connect(t, issuer)
		for n := range 1000 { // requests do not add to it
			pass(60 * time.Millisecond)
			w.wantUnavailable(issuer.Sign(map[string]any{"typ": "at+jwt", "kid": fmt.Sprint(n)}, issuer.Claims()))
		}
		if got := issuer.Fetches("/.well-known/openid-configuration"); got != 13 {
			t.Errorf("got %d fetches in a minute, want 13", got)
		}
	})
}

func TestKeysAreFetchedInTheBackground(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		w := connect(t, issuer)
		synctest.Wait()
		w.wantFetches(1)
		pass(4*time.Minute + 29*time.Second) // five minutes, less a tenth at most
		w.wantFetches(1)
		pass(31 * time.Second)
		w.wantFetches(2)
		if s := w.wantState(auth.Ready); time.Since(s.Fetched) > 30*time.Second || s.Until.Sub(s.Fetched) != time.Hour {
			t.Errorf("got %+v", s)
		}
		for range 100 {
			w.want(issuer.Token(), nil)
		}
		w.wantFetches(2)
	})
}

func TestNothingGoesOnWhenTheContextIsDone(t *testing.T) {
	for name, fault := range map[string]bool{"a provider that answers": false, "a provider that hangs": true} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
				if fault {
					issuer.Break(authtest.Hang)
				}
				ctx, cancel := context.WithCancel(t.Context())
				_, err := auth.Connect(ctx, auth.Config{Issuer: issuer.URL, Audience: []string{audience}, Transport: issuer})
				if err != nil {
					t.Fatal(err)
				}
				pass(time.Second)
				cancel()
				if d := took(synctest.Wait); d != 0 {
					t.Errorf("the goroutines took %s to end", d)
				}
				before := issuer.Fetches("/.well-known/openid-configuration")
				pass(24 * time.Hour)
				if after := issuer.Fetches("/.well-known/openid-configuration"); after != before {
					t.Errorf("got %d fetches afterwards", after-before)
				}
			})
		})
	}
}
