package main

import (
	"context"
	"net/http"
	"strings"

	"example.com/gatehouse/auth"
)

// A contestant is a way to verify the access tokens of one issuer. All of them check the same:
// signature, iss, aud and exp. All of them decode the claims.
type contestant struct {
	name    string
	fetches bool // it gets the issuer's keys by itself, and again when it misses one
	connect func(ctx context.Context, i *issuer) (check, error)
}

// A check verifies the token of a request.
type check func(r *http.Request) error

var contestants = [...]contestant{
	{"Gatehouse", true, connectGatehouse},
	{"golang-jwt v5 + keyfunc v3", true, connectKeyfunc},
	{"go-jose v4, fixed key", false, connectJOSE},
	{"go-oidc v3", true, connectOIDC},
	{"go-oidc v3 + Claims()", false, connectOIDCWithClaims},
	{"zitadel/oidc v3", true, connectZitadel},
	{"jwx v3, Cache", true, connectJWX},
}

// peers are the modules of the others.
var peers = [...]string{
	"github.com/golang-jwt/jwt/v5", "github.com/MicahParks/keyfunc/v3", "github.com/go-jose/go-jose/v4",
	"github.com/coreos/go-oidc/v3", "github.com/zitadel/oidc/v3", "github.com/lestrrat-go/jwx/v3",
}

// connectGatehouse takes no advantage of its cache: that is measured on its own.
func connectGatehouse(ctx context.Context, i *issuer) (check, error) {
	v, err := verifier(ctx, i, -1)
	if err != nil {
		return nil, err
	}
	return authenticating(v), nil
}

func authenticating(v *auth.Verifier) check {
	return func(r *http.Request) error {
		_, err := v.Authenticate(r)
		return err
	}
}

// verifier returns a Verifier with a cache of that many entries: zero for as many as it likes, a
// negative number for none.
func verifier(ctx context.Context, i *issuer, entries int) (*auth.Verifier, error) {
	return auth.Connect(ctx, auth.Config{Issuer: i.URL, Audience: []string{audience}, CacheEntries: entries})
}

// bearer returns the token of a request, for contestants that do not read requests.
func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}
