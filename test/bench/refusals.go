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

// Targets of a refusal that needs no signature.
const (
	maxRefusal      = time.Microsecond
	maxRefusalBytes = 64
)

// differentRubbishes is how many of a kind are sent in turn.
const differentRubbishes = 50

// A rubbish is what anybody can send, and so must be cheap: it is refused unverified.
type rubbish struct {
	name   string
	reason *problem.Type
	value  func(i *issuer) string // of the Authorization header, another one every time
}

var rubbishes = [...]rubbish{
	{"no Authorization", problem.CredentialsMissing, func(*issuer) string { return "" }},
	{"another scheme", problem.SchemeUnsupported, func(*issuer) string { return "Basic " + rand.Text() }},
	{"garbage", problem.TokenMalformed, func(*issuer) string { return "Bearer " + noise(200) }},
	{"`alg: none`, unsigned", problem.TokenMalformed, func(*issuer) string {
		return "Bearer " + authtest.Encode(`{"alg":"none","typ":"at+jwt"}`) + "." + noise(400) + "."
	}},
	{"`alg: none` with a signature", problem.AlgorithmNotAllowed, func(*issuer) string {
		return "Bearer " + authtest.Encode(`{"alg":"none","typ":"at+jwt"}`) + "." + noise(400) + "." + noise(300)
	}},
	{"an 8 KB kid, just under the size cap", problem.KeyUnknown, func(i *issuer) string {
		return "Bearer " + withKeyID(i, auth.MaxTokenSize-4)
	}},
	{"an 8 KB kid, just over the size cap", problem.CredentialsTooLarge, func(i *issuer) string {
		return "Bearer " + withKeyID(i, auth.MaxTokenSize+8)
	}},
	{"a token of 16 KB", problem.CredentialsTooLarge, func(i *issuer) string {
		return "Bearer " + i.token(authtest.Claims{"scope": noise(11_800)})
	}},
	{"8 KB of dots", problem.TokenMalformed, func(*issuer) string {
		return "Bearer " + strings.Repeat(".", auth.MaxTokenSize)
	}},
}

// withKeyID returns a token of at most that many bytes and at least 4 fewer, most of which are its
// key identifier.
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

// refusals measures the way from a request to the reason why it is refused.
func refusals(ctx context.Context, b *bench, p *page) error {
	b.progress.Printf("refusals")
	i := startIssuer("RS256")
	defer i.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	v, err := verifier(ctx, i, 0)
	if err != nil {
		return err
	}
	if _, err := v.Authenticate(bearing("Bearer " + i.token())); err != nil {
		return err
	}
	var racers []racer
	for _, r := range rubbishes {
		c := &cycle{check: refusing(v), request: bearing(r.value(i))}
		for range differentRubbishes {
			c.values = append(c.values, r.value(i))
		}
		racers = append(racers, racer{r.name, c.do})
	}
	results, err := race(ctx, b.rounds, racers)
	if err != nil {
		return err
	}
	var goals []goal
	for k, r := range racers {
		count, bytes, err := allocation(r)
		if err != nil {
			return err
		}
		goals = append(goals, goal{r.name,
			fmt.Sprintf("%s ns, %s B, %d allocations", number(float64(results[k].time)), number(bytes), count),
			fmt.Sprintf("at most %s ns, %d B", number(float64(maxRefusal)), maxRefusalBytes),
			results[k].time <= maxRefusal && bytes <= maxRefusalBytes})
	}
	p.heading("Refusing what is no token")
	p.goals(goals...)
	return nil
}

// refusing returns a check that fails when the verifier accepts a request.
func refusing(v *auth.Verifier) check {
	return func(r *http.Request) error {
		if _, err := v.Authenticate(r); err == nil {
			return errors.New("it was accepted")
		}
		return nil
	}
}
