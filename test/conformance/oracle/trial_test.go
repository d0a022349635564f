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

// limit is how long one token may take, on a busy machine.
const limit = 5 * time.Second

// judge verifies the token, in time and with one look at the provider. The verdict is the same again
// after another token, and:
//
//   - What is accepted has no other text, every peer accepts it and reads the same subject, and it is
//     refused when it has expired.
//   - What is refused has a reason, and one about claims only when its signature is good.
//
// It returns the excuses that peers needed.
func (tr trial) judge(t *testing.T) (needed []int) {
	t.Helper()
	var clock atomic.Value
	clock.Store(tr.config.Now())
	tr.config.Now = func() time.Time { return clock.Load().(time.Time) }
	at := &provider{keySet: tr.keySet}
	tr.config.Transport = at
	v, err := auth.Connect(t.Context(), tr.config)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	caller, err := v.Verify(t.Context(), auth.Token(tr.token))
	if took, n := time.Since(began), at.fetches.Load(); took > limit || n > 2 {
		t.Errorf("it took %s and %d fetches to judge\n%s", took, n, tr)
	}
	first := describe(caller)
	v.Verify(t.Context(), auth.Token(tr.next))
	again, err2 := v.Verify(t.Context(), auth.Token(tr.token))
	if verdict(err2) != verdict(err) || describe(again) != first || describe(caller) != first {
		t.Errorf("first it is %s (%v), then %s, and again %s (%v)\n%s", first, err, describe(caller), describe(again), err2, tr)
	}
	if err != nil {
		tr.checkRefusal(t, err)
		return nil
	}
	needed = tr.checkPeers(t, caller)
	tr.checkText(t, v.Provider())
	clock.Store(caller.ExpiresAt.Add(tr.config.Leeway))
	if _, err := v.Verify(t.Context(), auth.Token(tr.token)); !errors.Is(err, problem.TokenExpired) {
		t.Errorf("got %v for a token that has expired\n%s", err, tr)
	}
	return needed
}

// describe returns all there is of a caller.
func describe(caller *auth.Principal) string {
	if caller == nil {
		return "nobody"
	}
	return fmt.Sprintf("%+v", *caller)
}

// checkPeers wants every peer to accept the token and to see the same caller, and returns the excuses
// of those that do not.
func (tr trial) checkPeers(t *testing.T, caller *auth.Principal) (needed []int) {
	t.Helper()
	for _, p := range peers {
		subject, err := p.read(tr)
		switch {
		case err == nil && subject != caller.Subject:
			t.Errorf("%s reads subject %q, and we %q\n%s", p.name, subject, caller.Subject, tr)
		case err != nil && excused(p.name, err) < 0:
			t.Errorf("accepted, but %s says: %v\n%s", p.name, err, tr)
		case err != nil:
			needed = append(needed, excused(p.name, err))
		}
	}
	return needed
}

// checkText wants a token that is UTF-8, has no other text, and whose payload we read.
func (tr trial) checkText(t *testing.T, p *auth.Provider) {
	t.Helper()
	payload, err := p.VerifySignature(t.Context(), tr.token)
	if err != nil {
		t.Errorf("accepted, but the signature alone is not: %v\n%s", err, tr)
	}
	segments := strings.Split(tr.token, ".")
	for i, segment := range segments {
		text, err := base64.RawURLEncoding.DecodeString(segment)
		if err != nil || authtest.Encode(string(text)) != segment || len(segments) != 3 {
			t.Errorf("segment %q has other texts (%v)\n%s", segment, err, tr)
		}
		if i < 2 && !utf8.Valid(text) {
			t.Errorf("segment %q is not UTF-8\n%s", segment, tr)
		}
		if i == 1 && !bytes.Equal(text, payload) {
			t.Errorf("the payload is read as %q\n%s", payload, tr)
		}
	}
}

func (tr trial) checkRefusal(t *testing.T, err error) {
	t.Helper()
	var reason *problem.Type
	if !errors.As(err, &reason) {
		t.Fatalf("got %v, want a reason\n%s", err, tr)
	}
	switch reason {
	case problem.IssuerWrong, problem.AudienceWrong, problem.TokenExpired, problem.TokenNotYetValid, problem.ClaimMissing, problem.ClaimInvalid, problem.BindingInvalid:
		if !tr.signed() {
			t.Errorf("got %v, and the signature is not good\n%s", err, tr)
		}
	}
}

// String shows what there is to see.
func (tr trial) String() string {
	var b strings.Builder
	b.WriteString("token:  " + tr.token + "\n")
	for _, name := range []string{"header", "claims"} {
		segment, rest, _ := strings.Cut(tr.token, ".")
		text, _ := base64.RawURLEncoding.DecodeString(segment)
		b.WriteString(name + ": " + strings.ToValidUTF8(string(text), "\ufffd") + "\n")
		tr.token = rest
	}
	b.WriteString("keys:   " + tr.keySet + "\n")
	b.WriteString("clock:  " + tr.config.Now().Format(time.RFC3339) + ", leeway " + tr.config.Leeway.String())
	return b.String()
}
