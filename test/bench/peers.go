package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/httprc/v3"
	"github.com/lestrrat-go/jwx/v3/jwk"
	jwxjwt "github.com/lestrrat-go/jwx/v3/jwt"
	"github.com/zitadel/oidc/v3/pkg/client/rp"
	zitadel "github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// access has the claims that an API needs beside the registered ones.
type access struct {
	ClientID string   `json:"client_id"`
	Scope    string   `json:"scope"`
	Roles    []string `json:"roles"`
}

func connectKeyfunc(ctx context.Context, i *issuer) (check, error) {
	keys, err := keyfunc.NewDefaultCtx(ctx, []string{i.keySetURL()})
	if err != nil {
		return nil, err
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{i.Key().Algorithm}),
		jwt.WithIssuer(i.URL), jwt.WithAudience(audience), jwt.WithExpirationRequired())
	return func(r *http.Request) error {
		var claims struct {
			jwt.RegisteredClaims
			access
		}
		_, err := parser.ParseWithClaims(bearer(r), &claims, keys.KeyfuncCtx(r.Context()))
		return err
	}, nil
}

func connectJOSE(_ context.Context, i *issuer) (check, error) {
	key := jose.JSONWebKey{Key: i.Key().Private.Public(), KeyID: i.Key().ID, Algorithm: i.Key().Algorithm}
	algorithms := []jose.SignatureAlgorithm{jose.SignatureAlgorithm(key.Algorithm)}
	return func(r *http.Request) error {
		token, err := josejwt.ParseSigned(bearer(r), algorithms)
		if err != nil {
			return err
		}
		var claims struct {
			josejwt.Claims
			access
		}
		if err := token.Claims(key, &claims); err != nil {
			return err
		}
		expected := josejwt.Expected{Issuer: i.URL, AnyAudience: josejwt.Audience{audience}, Time: time.Now()}
		return claims.ValidateWithLeeway(expected, 0)
	}, nil
}

func connectOIDC(ctx context.Context, i *issuer) (check, error) {
	verifier := newOIDCVerifier(ctx, i)
	return func(r *http.Request) error {
		_, err := verifier.Verify(r.Context(), bearer(r))
		return err
	}, nil
}

func connectOIDCWithClaims(ctx context.Context, i *issuer) (check, error) {
	verifier := newOIDCVerifier(ctx, i)
	return func(r *http.Request) error {
		token, err := verifier.Verify(r.Context(), bearer(r))
		if err != nil {
			return err
		}
		return token.Claims(&access{})
	}, nil
}

func newOIDCVerifier(ctx context.Context, i *issuer) *oidc.IDTokenVerifier {
	keys := oidc.NewRemoteKeySet(ctx, i.keySetURL())
	return oidc.NewVerifier(i.URL, keys, &oidc.Config{ClientID: audience, SupportedSigningAlgs: []string{i.Key().Algorithm}})
}

// connectZitadel checks the audience too, which its verifier leaves to the caller.
func connectZitadel(_ context.Context, i *issuer) (check, error) {
	keys := rp.NewRemoteKeySet(http.DefaultClient, i.keySetURL())
	verifier := op.NewAccessTokenVerifier(i.URL, keys, op.WithSupportedAccessTokenSigningAlgorithms(i.Key().Algorithm))
	return func(r *http.Request) error {
		claims, err := op.VerifyAccessToken[*zitadel.AccessTokenClaims](r.Context(), bearer(r), verifier)
		if err != nil {
			return err
		}
		if !slices.Contains(claims.Audience, audience) {
			return errors.New("the token is for another audience")
		}
		return nil
	}, nil
}

func connectJWX(ctx context.Context, i *issuer) (check, error) {
	cache, err := jwk.NewCache(ctx, httprc.NewClient())
	if err != nil {
		return nil, err
	}
	if err := cache.Register(ctx, i.keySetURL()); err != nil {
		return nil, err
	}
	keys, err := cache.CachedSet(i.keySetURL())
	if err != nil {
		return nil, err
	}
	return func(r *http.Request) error {
		_, err := jwxjwt.Parse([]byte(bearer(r)), jwxjwt.WithKeySet(keys),
			jwxjwt.WithIssuer(i.URL), jwxjwt.WithAudience(audience), jwxjwt.WithRequiredClaim("exp"))
		return err
	}, nil
}
