package oracle

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// A candidate is a token and the verifier that must decide on it.
type candidate struct {
	token  string
	other  string // a valid token of another caller, which is verified in between
	keySet string
	config auth.Config
}

// timeLimit is how long one token may take on a busy machine.
const timeLimit = 5 * time.Second

// check verifies the token, within the time limit and with one fetch of metadata and keys. The result
// must be the same after another token, and:
//
//   - An accepted token has no other text, every peer accepts it and reads the same subject, and it is
//     rejected when it has expired.
//   - A rejected token has a problem type, and one about claims only if its signature is valid.
//
// It returns the known differences that peers needed.
func (c candidate) check(t *testing.T) (needed []int) {
	t.Helper()
	var clock atomic.Value
	clock.Store(c.config.Now())
	c.config.Now = func() time.Time { return clock.Load().(time.Time) }
	provider := &provider{keySet: c.keySet}
	c.config.Transport = provider
	v, err := auth.Connect(t.Context(), c.config)
	if err != nil {
		t.Fatal(err)
	}
	ctx := auth.LimitSignatures(t.Context(), impatient{})
	began := time.Now()
	caller, err := v.Verify(ctx, auth.AccessToken(c.token))
	if took, n := time.Since(began), provider.fetches.Load(); took > timeLimit || n > 2 {
		t.Errorf("verification took %s and %d fetches\n%s", took, n, c)
	}
	first := describe(caller)
	v.Verify(ctx, auth.AccessToken(c.other))
	again, err2 := v.Verify(ctx, auth.AccessToken(c.token))
	if outcome(err2) != outcome(err) || describe(again) != first || describe(caller) != first {
		t.Errorf("first it is %s (%v), then %s, and again %s (%v)\n%s", first, err, describe(caller), describe(again), err2, c)
	}
	if err != nil {
		c.checkRejection(t, err)
		return nil
	}
	needed = c.checkPeers(t, caller)
	c.checkText(t, v.Provider())
	clock.Store(caller.ExpiresAt.Add(c.config.Leeway))
	if _, err := v.Verify(t.Context(), auth.AccessToken(c.token)); !errors.Is(err, problem.TokenExpired) {
		t.Errorf("got %v for a token that has expired\n%s", err, c)
	}
	return needed
}

// describe returns all fields of a caller.
func describe(caller *auth.Principal) string {
	if caller == nil {
		return "no caller"
	}
	return fmt.Sprintf("%+v", *caller)
}

// checkPeers fails unless every peer accepts the token and reads the same subject. It returns the known
// differences of those that do not.
func (c candidate) checkPeers(t *testing.T, caller *auth.Principal) (needed []int) {
	t.Helper()
	for _, p := range peers {
		subject, err := p.read(c)
		switch {
		case err == nil && subject != caller.Subject:
			t.Errorf("%s reads subject %q, auth reads %q\n%s", p.name, subject, caller.Subject, c)
		case err != nil && knownDifference(p.name, err) < 0:
			t.Errorf("auth accepts, %s does not: %v\n%s", p.name, err, c)
		case err != nil:
			needed = append(needed, knownDifference(p.name, err))
		}
	}
	return needed
}

// checkText fails unless the token is UTF-8, has no other text, and has the payload that auth reads.
func (c candidate) checkText(t *testing.T, p *auth.Provider) {
	t.Helper()
	payload, err := p.VerifySignature(t.Context(), c.token)
	if err != nil {
		t.Errorf("the token is accepted, its signature is not: %v\n%s", err, c)
	}
	segments := strings.Split(c.token, ".")
	for i, segment := range segments {
		text, err := base64.RawURLEncoding.DecodeString(segment)
		if err != nil || authtest.Encode(string(text)) != segment || len(segments) != 3 {
			t.Errorf("segment %q has other texts (%v)\n%s", segment, err, c)
		}
		if i < 2 && !utf8.Valid(text) {
			t.Errorf("segment %q is not UTF-8\n%s", segment, c)
		}
		if i == 1 && !bytes.Equal(text, payload) {
			t.Errorf("the payload is read as %q\n%s", payload, c)
		}
	}
}

func (c candidate) checkRejection(t *testing.T, err error) {
	t.Helper()
	var found *problem.Type
	if !errors.As(err, &found) {
		t.Fatalf("got %v, want a problem type\n%s", err, c)
	}
	switch found {
	case problem.AudienceWrong, problem.TokenExpired, problem.TokenNotYetValid, problem.ClaimMissing, problem.ClaimInvalid, problem.BindingInvalid:
		if !c.signed() {
			t.Errorf("got %v for a signature that is not valid\n%s", err, c)
		}
	}
}

// String returns the token with its decoded parts, the keys and the clock.
func (c candidate) String() string {
	var b strings.Builder
	b.WriteString("token:  " + c.token + "\n")
	rest := c.token
	for _, name := range []string{"header", "claims"} {
		var segment string
		segment, rest, _ = strings.Cut(rest, ".")
		text, _ := base64.RawURLEncoding.DecodeString(segment)
		b.WriteString(name + ": " + strings.ToValidUTF8(string(text), "\ufffd") + "\n")
	}
	b.WriteString("keys:   " + c.keySet + "\n")
	b.WriteString("clock:  " + c.config.Now().Format(time.RFC3339) + ", leeway " + c.config.Leeway.String())
	return b.String()
}
