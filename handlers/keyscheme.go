package handlers

import (
	"context"
	"log/slog"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/store"
)

// keyRoutes declares the routes of API keys.
func (a *API) keyRoutes(r *ginauth.Router) {
	keys := &Keys{newResource[store.APIKey](a, a.parts.Keys), a.parts.Keys, a.keys}
	read, write := r.Require("keys:read"), r.Require("keys:write")
	read.GET("/keys", keys.List)
	read.GET("/keys/:id", ginauth.With(keys.Owned, keys.Get))
	write.DELETE("/keys/:id", ginauth.With(keys.Owned, keys.Revoke))

	renew := write
	if profile, _ := a.config.Profile(); profile.WritesAuthTime() {
		renew = write.MaxAge(recentSignIn) // a token of five minutes must not make a key of a year unnoticed
	}
	renew.POST("/keys", keys.Create)
	renew.POST("/keys/:id/rotate", ginauth.With(keys.Owned, keys.Rotate))

	admin := r.Group("/admin")
	admin.Require("keys:read").Role("admin").GET("/keys", keys.ListAll)
	admin.Require("keys:write").Role("admin").DELETE("/keys", keys.RevokeOwned)
}

// A KeyStore stores API keys: see [store.APIKeys].
type KeyStore interface {
	Store[store.APIKey]
	Find(ctx context.Context, id string) (store.APIKey, error)
	Hashes(ctx context.Context, id string) (hash, previous string, err error)
	Touch(ctx context.Context, id string, now time.Time) error
	Revoke(ctx context.Context, id string, version store.Version) error
	RevokeOwned(ctx context.Context, issuer, subject string) error
	Rotate(ctx context.Context, id string, version store.Version, hash string, until time.Time) (store.APIKey, error)
}

// NewKeyVerifier returns the verifier of the keys in a store.
func NewKeyVerifier(cfg *config.Config, keys KeyStore, log *slog.Logger) *apikey.Verifier {
	c := apikey.Config{Format: apikey.NewFormat(config.Name), Store: keyRecords{keys}, Log: log}
	if cfg.TokenCacheSize == 0 {
		c.CacheSize = -1
	}
	return apikey.New(c)
}

// ExplainKey explains a key. That is no use of it.
func ExplainKey(ctx context.Context, cfg *config.Config, keys KeyStore, text string) *auth.Explanation {
	verifier := NewKeyVerifier(cfg, untouched{keys}, slog.New(slog.DiscardHandler))
	caller, err := verifier.Verify(ctx, text)
	return auth.ExplainScheme(auth.Key, caller, err)
}

// untouched is a store that no use is written to.
type untouched struct{ KeyStore }

func (untouched) Touch(context.Context, string, time.Time) error { return nil }

// keySchemes returns what reads API keys: after Bearer or in API_KEY_HEADER, and as Basic.
func (a *API) keySchemes() []auth.Scheme {
	a.keys = NewKeyVerifier(a.config, a.parts.Keys, a.parts.Log)
	return []auth.Scheme{
		apikey.Scheme{Verifier: a.keys, Header: a.config.APIKeyHeader},
		apikey.BasicScheme{Verifier: a.keys, PublicURL: a.config.PublicURL},
	}
}

// keyRecords are the rows of keys as their verifier reads them.
type keyRecords struct{ KeyStore }

// Hashes implements [apikey.Store].
func (k keyRecords) Hashes(ctx context.Context, id string) (current, previous apikey.Hash, err error) {
	hash, before, err := k.KeyStore.Hashes(ctx, id)
	return apikey.Hash(hash), apikey.Hash(before), err
}

// Find implements [apikey.Store].
func (k keyRecords) Find(ctx context.Context, id string) (apikey.Record, error) {
	row, err := k.KeyStore.Find(ctx, id)
	return apikey.Record{
		ID: row.ID, Owner: auth.Identity(row.Owner), Scopes: row.Scopes, Hash: apikey.Hash(row.Hash),
		PreviousHash: apikey.Hash(orZero(row.PreviousHash)), PreviousUntil: orZero(row.PreviousUntil),
		ExpiresAt: row.ExpiresAt, RevokedAt: orZero(row.RevokedAt), LastUsedAt: orZero(row.LastUsedAt),
	}, err
}

// orZero returns what a pointer points to, or the zero value.
func orZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
