package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// Targets of a rejection without a signature check.
const (
	maxRejection      = time.Microsecond
	maxRejectionBytes = 64
)

// differentValues is how many credentials of a kind are sent in turn.
const differentValues = 50

// Invalid credentials can be sent by every caller, so their rejection must be cheap.
type invalidCredentials struct {
	name    string
	problem *problem.Type
	value   func(i *issuer) string // of the Authorization header, a new one every time
}

var invalid = [...]invalidCredentials{
	{"no Authorization", problem.CredentialsMissing, func(*issuer) string { return "" }},
	{"another scheme", problem.SchemeUnsupported, func(*issuer) string { return "Basic " + rand.Text() }},
	{"garbage", problem.TokenMalformed, func(*issuer) string { return "Bearer " + noise(200) }},
	{"`alg: none`, unsigned", problem.AlgorithmNotAllowed, func(*issuer) string {
		return "Bearer " + authtest.Encode(`{"alg":"none","typ":"at+jwt"}`) + "." + noise(400) + "."
	}},
	{"`alg: none` with a signature", problem.AlgorithmNotAllowed, func(*issuer) string {
		return "Bearer " + authtest.Encode(`{"alg":"none","typ":"at+jwt"}`) + "." + noise(400) + "." + noise(300)
	}},
	{"an 8 KB kid, just under the size cap", problem.KeyUnknown, func(i *issuer) string {
		return "Bearer " + withKeyID(i, auth.DefaultTokenSize-4)
	}},
	{"an 8 KB kid, just over the size cap", problem.CredentialsTooLarge, func(i *issuer) string {
		return "Bearer " + withKeyID(i, auth.DefaultTokenSize+8)
	}},
	{"a token of 16 KB", problem.CredentialsTooLarge, func(i *issuer) string {
		return "Bearer " + i.token(authtest.Claims{"scope": noise(11_800)})
	}},
	{"8 KB of dots", problem.TokenMalformed, func(*issuer) string {
		return "Bearer " + strings.Repeat(".", auth.DefaultTokenSize)
	}},
}

// withKeyID returns a token of about that many bytes, up to 4 fewer, most of which are its key
// identifier.
func withKeyID(i *issuer, size int) string {
	sign := func(kid string) string { return i.Sign(map[string]any{"typ": "at+jwt", "kid": kid}, i.Claims()) }
	return sign(noise((size - len(sign(""))) * 3 / 4))
}

// noise returns n random characters of base64url.
func noise(n int) string {
	bytes := make([]byte, n)
	rand.Read(bytes)
	return authtest.Encode(string(bytes))[:n]
}

// measureRejections measures the time from a request to its error.
func measureRejections(ctx context.Context, b *bench, r *report) error {
	b.progress.Printf("rejections")
	i := startIssuer("RS256")
	defer i.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	v, err := newVerifier(ctx, i, 0)
	if err != nil {
		return err
	}
	if _, err := v.Authenticate(newRequest("Bearer " + i.token())); err != nil {
		return err
	}
	var tasks []task
	for _, kind := range invalid {
		c := &cycle{check: reject(v), request: newRequest(kind.value(i))}
		for range differentValues {
			c.values = append(c.values, kind.value(i))
		}
		tasks = append(tasks, task{kind.name, c.do})
	}
	results, err := compare(ctx, b.rounds, tasks)
	if err != nil {
		return err
	}
	var targets []target
	for k, t := range tasks {
		count, bytes, err := allocations(t)
		if err != nil {
			return err
		}
		targets = append(targets, target{t.name,
			fmt.Sprintf("%s ns, %s B, %d allocations", number(float64(results[k].time)), number(bytes), count),
			fmt.Sprintf("at most %s ns, %d B", number(float64(maxRejection)), maxRejectionBytes),
			results[k].time <= maxRejection && bytes <= maxRejectionBytes})
	}
	r.heading("Rejecting what is not a token")
	r.targets(targets...)
	return nil
}

// reject returns a check that fails when the verifier accepts a request.
func reject(v *auth.Verifier) check {
	return func(r *http.Request) error {
		if _, err := v.Authenticate(r); err == nil {
			return errors.New("it was accepted")
		}
		return nil
	}
}
