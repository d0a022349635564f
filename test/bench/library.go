package main

import (
	"context"
	"net/http"
	"strings"

	"example.com/gatehouse/auth"
)

// A library verifies the access tokens of one issuer. All of them check signature, iss, aud and exp, and
// decode the claims.
type library struct {
	name    string
	fetches bool // it fetches the issuer's keys, and again when it misses one
	connect func(ctx context.Context, i *issuer) (check, error)
}

// A check verifies the token of a request.
type check func(r *http.Request) error

// libraries are the ones that are compared. Gatehouse is the first.
var libraries = [...]library{
	{"Gatehouse", true, connectGatehouse},
	{"golang-jwt v5 + keyfunc v3", true, connectKeyfunc},
	{"go-jose v4, fixed key", false, connectJOSE},
	{"go-oidc v3", true, connectOIDC},
	{"go-oidc v3 + Claims()", false, connectOIDCWithClaims},
	{"zitadel/oidc v3", true, connectZitadel},
	{"jwx v3, Cache", true, connectJWX},
}

// peers are the modules of the other libraries.
var peers = [...]string{
	"github.com/golang-jwt/jwt/v5", "github.com/MicahParks/keyfunc/v3", "github.com/go-jose/go-jose/v4",
	"github.com/coreos/go-oidc/v3", "github.com/zitadel/oidc/v3", "github.com/lestrrat-go/jwx/v3",
}

// connectGatehouse uses no cache, which is measured on its own.
func connectGatehouse(ctx context.Context, i *issuer) (check, error) {
	v, err := newVerifier(ctx, i, -1)
	if err != nil {
		return nil, err
	}
	return authenticate(v), nil
}

func authenticate(v *auth.Verifier) check {
	return func(r *http.Request) error {
		_, err := v.Authenticate(r)
		return err
	}
}

// newVerifier returns a verifier with a cache of that many bytes: zero is the default, a negative number
// none.
func newVerifier(ctx context.Context, i *issuer, cache int64) (*auth.Verifier, error) {
	return auth.Connect(ctx, auth.Config{Issuer: i.URL, Audience: []string{audience}, CacheSize: cache})
}

// bearer returns the token of a request, for libraries that do not read requests.
func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}
