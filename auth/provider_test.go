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

// A fixture is an issuer and a verifier of its tokens, without a network. In a bubble its time is fake.
type fixture struct {
	t        *testing.T
	issuer   *authtest.Issuer
	verifier *auth.Verifier
}

// connect returns a fixture for the duration of the test.
func connect(t *testing.T, issuer *authtest.Issuer, changes ...func(*auth.Config)) *fixture {
	t.Helper()
	config := auth.Config{Issuer: issuer.URL, Audience: []string{audience}, Transport: issuer}
	for _, change := range changes {
		change(&config)
	}
	verifier, err := auth.Connect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{t, issuer, verifier}
}

// bubble runs a test in fake time, with an issuer that has no network.
func bubble(t *testing.T, test func(t *testing.T, issuer *authtest.Issuer)) {
	synctest.Test(t, func(t *testing.T) { test(t, authtest.New(issuerURL, audience)) })
}

func (f *fixture) verify(token string) error {
	_, err := f.verifier.Verify(f.t.Context(), auth.AccessToken(token))
	return err
}

// want fails the test unless a token is rejected with a problem, or accepted for nil.
func (f *fixture) want(token string, want *problem.Type) {
	f.t.Helper()
	if err := f.verify(token); want == nil && err != nil || want != nil && !errors.Is(err, want) {
		f.t.Errorf("got %v, want %v", err, want)
	}
}

// wantUnavailable fails the test unless a token is rejected with AuthUnavailable and a time to retry.
func (f *fixture) wantUnavailable(token string) {
	f.t.Helper()
	rejected, ok := errors.AsType[*auth.Error](f.verify(token))
	if !ok || rejected.Type != problem.AuthUnavailable || rejected.Type.RetryAfter != 5*time.Second {
		f.t.Errorf("got %+v, want problem.AuthUnavailable", rejected)
	}
}

func (f *fixture) wantState(state auth.State) auth.Status {
	f.t.Helper()
	s := f.verifier.Provider().Status()
	if s.State != state {
		f.t.Errorf("got %+v, want %s", s, state)
	}
	return s
}

func (f *fixture) wantFetches(n int) {
	f.t.Helper()
	if got := f.issuer.Fetches("/jwks"); got != n {
		f.t.Errorf("got %d fetches of the keys, want %d", got, n)
	}
}

// pass lets time pass, and waits for what is due in it.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// took returns the duration of a call.
func took(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func TestTheFirstRequestWaitsForTheFirstFetch(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(issuer.Slow(2 * time.Second)) // each, metadata and keys
		f := connect(t, issuer)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if d := took(func() { f.want(issuer.Token(), nil) }); d != 4*time.Second {
					t.Errorf("it took %s", d)
				}
			})
		}
		wg.Wait()
		f.wantFetches(1)
	})
}

func TestTheFirstRequestWaitsNoLongerThanItsContext(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(authtest.Hang)
		f := connect(t, issuer)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		d := took(func() {
			if _, err := f.verifier.Verify(ctx, auth.AccessToken(issuer.Token())); !errors.Is(err, problem.AuthUnavailable) {
				t.Errorf("got %v", err)
			}
		})
		if d != time.Second {
			t.Errorf("it took %s", d)
		}
	})
}

func TestAHangingProviderDelaysOneRequest(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(authtest.Hang)
		f := connect(t, issuer)
		if d := took(func() { f.wantUnavailable(issuer.Token()) }); d != 5*time.Second {
			t.Errorf("the first request took %s", d)
		}
		for range 10 {
			if d := took(func() { f.wantUnavailable(issuer.Token()) }); d != 0 {
				t.Errorf("a later request took %s", d)
			}
			pass(700 * time.Millisecond)
		}
	})
}

func TestAFetchTimesOutAfterFiveSeconds(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(issuer.Slow(3 * time.Second))
		f := connect(t, issuer)
		if d := took(func() { f.wantUnavailable(issuer.Token()) }); d != 5*time.Second {
			t.Errorf("it took %s", d)
		}
	})
}

// TestInstancesSpreadTheirFetches counts when twenty instances fetch again.
func TestInstancesSpreadTheirFetches(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		for range 20 {
			connect(t, issuer)
		}
		synctest.Wait()
		f := &fixture{t: t, issuer: issuer}
		f.wantFetches(20)
		most, before := 0, 20
		for range 60 { // for five minutes
			pass(5 * time.Second)
			most = max(most, issuer.Fetches("/jwks")-before)
			before = issuer.Fetches("/jwks")
		}
		f.wantFetches(40)
		if most > 15 {
			t.Errorf("%d of 20 fetched within five seconds", most)
		}
	})
}

func TestTheAPIStartsWhileTheProviderIsDown(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(authtest.Down)
		f := connect(t, issuer)
		f.wantUnavailable(issuer.Token())
		if s := f.wantState(auth.Down); !s.Fetched.IsZero() || !s.Until.IsZero() || s.Detail != "the provider's keys cannot be fetched" {
			t.Errorf("got %+v", s)
		}
		if _, known := f.verifier.Provider().Endpoint(); known {
			t.Error("its endpoints are known")
		}
		pass(time.Minute)
		f.wantUnavailable(issuer.Token())
		issuer.Break(nil)
		pass(5 * time.Second)
		f.want(issuer.Token(), nil)
		f.wantState(auth.Ready)
		if endpoint, known := f.verifier.Provider().Endpoint(); !known || endpoint.TokenURL != issuer.URL+"/token" || endpoint.AuthURL != issuer.URL+"/authorize" {
			t.Errorf("got %+v", endpoint)
		}
	})
}

func TestFailedFetchesAreRetriedEveryFiveSeconds(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(authtest.Down)
		f := connect(t, issuer)
		for n := range 1000 { // requests do not add to it
			pass(60 * time.Millisecond)
			f.wantUnavailable(issuer.Sign(map[string]any{"typ": "at+jwt", "kid": fmt.Sprint(n)}, issuer.Claims()))
		}
		if got := issuer.Fetches("/.well-known/openid-configuration"); got != 13 {
			t.Errorf("got %d fetches in a minute, want 13", got)
		}
	})
}

func TestKeysAreFetchedInTheBackground(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		synctest.Wait()
		f.wantFetches(1)
		pass(4*time.Minute + 29*time.Second) // five minutes, less a tenth at most
		f.wantFetches(1)
		pass(31 * time.Second)
		f.wantFetches(2)
		if s := f.wantState(auth.Ready); time.Since(s.Fetched) > 30*time.Second || s.Until.Sub(s.Fetched) != time.Hour {
			t.Errorf("got %+v", s)
		}
		for range 100 {
			f.want(issuer.Token(), nil)
		}
		f.wantFetches(2)
	})
}

func TestNothingRunsAfterTheContextIsDone(t *testing.T) {
	for name, fault := range map[string]bool{"a provider that responds": false, "a provider that hangs": true} {
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
