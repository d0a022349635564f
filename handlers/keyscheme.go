package handlers

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/docs/openapi"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// extensions returns those of this API.
func extensions(cfg *config.Config, parts Parts) []extension {
	return []extension{newKeyExtension(cfg, parts)}
}

// A keyExtension accepts API keys, and has the routes that manage them.
type keyExtension struct {
	config   *config.Config
	store    KeyStore
	verifier *apikey.Verifier
}

// newKeyExtension returns the extension for the keys in the database. A test has a database that stores keys itself.
func newKeyExtension(cfg *config.Config, parts Parts) *keyExtension {
	e := &keyExtension{config: cfg}
	switch db := parts.DB.(type) {
	case KeyStore:
		e.store = db
	case *store.DB:
		e.store = store.NewAPIKeys(db)
	}
	e.verifier = NewKeyVerifier(cfg, e.store, parts.Verifier, parts.Log)
	return e
}

func (e *keyExtension) scopes() []openapi.Scope {
	return []openapi.Scope{
		{Name: "keys:read", Description: "See API keys."},
		{Name: "keys:write", Description: "Make, renew and revoke API keys."},
	}
}

func (e *keyExtension) routes(a *API, r *ginauth.Router) {
	keys := &Keys{newResource(a, "/keys", e.store), e.store, e.verifier}
	read, write := r.Require("keys:read"), r.Require("keys:write")
	read.GET("/keys", keys.List)
	read.GET("/keys/:id", ginauth.With(keys.Owned, keys.Get))
	write.DELETE("/keys/:id", ginauth.With(keys.Owned, keys.Revoke))

	renew := write
	if e.datesSignIn() {
		renew = write.MaxAge(recentSignIn)
	}
	renew.POST("/keys", recent(keys.Create))
	renew.POST("/keys/:id/rotate", recent(ginauth.With(keys.Owned, keys.Rotate)))

	admin := r.Group("/admin")
	admin.Require("keys:read").Role("admin").GET("/keys", keys.ListAll)
	admin.Require("keys:write").Role("admin").DELETE("/keys", keys.RevokeOwned)
}

// datesSignIn reports whether every provider says when its users signed in, so that the routes can require it.
func (e *keyExtension) datesSignIn() bool {
	return !slices.ContainsFunc(e.config.Issuers(), func(one *config.Config) bool {
		profile, _ := one.Profile()
		return !profile.WritesAuthTime()
	})
}

// recent returns a handler for callers who signed in recently, as far as their provider says: a token of five minutes must
// not make a key of a year unnoticed.
func recent(handler ginauth.Handler) ginauth.Handler {
	return func(c *gin.Context, caller *auth.Principal) error {
		if required := (auth.Requirement{MaxAge: recentSignIn}); caller.DatesSignIn() {
			if err := required.Check(caller, time.Now()); err != nil {
				return err
			}
		}
		return handler(c, caller)
	}
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

// NewKeyVerifier returns the verifier of the keys in a store, which belong to callers with tokens that another one verifies.
func NewKeyVerifier(cfg *config.Config, keys KeyStore, tokens *auth.Verifier, log *slog.Logger) *apikey.Verifier {
	c := apikey.Config{Format: apikey.NewFormat(config.Name), Store: keyRecords{keys}, Log: log}
	if tokens != nil {
		c.Trusts = tokens.Trusts
	}
	if cfg.TokenCacheSize == 0 {
		c.CacheSize = -1
	}
	return apikey.New(c)
}

// ExplainKey explains a key. That is no use of it.
func ExplainKey(ctx context.Context, cfg *config.Config, keys KeyStore, tokens *auth.Verifier, text string) *auth.Explanation {
	verifier := NewKeyVerifier(cfg, untouched{keys}, tokens, slog.New(slog.DiscardHandler))
	caller, err := verifier.Verify(ctx, text)
	return auth.ExplainScheme(auth.Key, caller, err)
}

// untouched is a store that no use is written to.
type untouched struct{ KeyStore }

func (untouched) Touch(context.Context, string, time.Time) error { return nil }

// schemes returns what reads API keys: after Bearer or in API_KEY_HEADER, and as Basic.
func (e *keyExtension) schemes() []auth.Scheme {
	return []auth.Scheme{
		apikey.Scheme{Verifier: e.verifier, Header: e.config.APIKeyHeader},
		apikey.BasicScheme{Verifier: e.verifier, PublicURL: e.config.PublicURL},
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
