package handlers_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
)

// A madeKey is the response with a new key.
type madeKey struct {
	ID, Name, Key string
	Scopes        []string
	ExpiresAt     time.Time  `json:"expires_at"`
	CreatedAt     time.Time  `json:"created_at"`
	LastUsedAt    *time.Time `json:"last_used_at"`
	RevokedAt     *time.Time `json:"revoked_at"`
}

// keyToken returns a token with scopes of a user who signed in just now.
func keyToken(api *apitest.API, subject, scope string, roles ...string) string {
	return api.Issuer.Token(authtest.Claims{
		"sub": subject, "scope": scope, "roles": append([]string{}, roles...), "auth_time": time.Now().Unix(),
	})
}

const allScopes = "items:read items:write keys:read keys:write"

// makeKey makes a key with scopes.
func makeKey(t *testing.T, api *apitest.API, subject, scopes string) madeKey {
	t.Helper()
	body := `{"name":"nightly","scopes":["` + strings.ReplaceAll(scopes, " ", `","`) + `"]}`
	r := api.Call(t, keyToken(api, subject, allScopes), "POST /keys", body)
	if r.Status != http.StatusCreated {
		t.Fatalf("got %d %s", r.Status, r.Body)
	}
	return apitest.Decode[madeKey](t, r)
}

// storedKey returns an option that stores one key, and its text.
func storedKey(change func(*store.APIKey)) (option apitest.Option, text string) {
	secret := apikey.NewSecret()
	const id = "01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77"
	row := store.APIKey{Key: store.Key{ID: id}, Scopes: []string{"items:read"}, Hash: string(secret.Hash()), ExpiresAt: time.Now().Add(time.Hour)}
	change(&row)
	option = apitest.Parts(func(p *handlers.Parts) {
		row.Owner.Issuer = p.Verifier.Issuer()
		p.DB = keysDB{p.DB, oneKey{store.NewAPIKeys(p.DB.(*store.DB)), row}}
	})
	return option, apikey.NewFormat("Gatehouse").Write(id, secret)
}

// keyRequests returns a request for every problem type about keys.
func keyRequests() map[*problem.Type]failingRequest {
	request := func(change func(*store.APIKey)) failingRequest {
		option, key := storedKey(change)
		return failingRequest{line: "GET /items", option: option, headers: func(*authtest.Issuer) []string { return []string{bearer(key)} }}
	}
	past := time.Now().Add(-time.Minute)
	return map[*problem.Type]failingRequest{
		problem.APIKeyInvalid: request(func(k *store.APIKey) { k.Hash = "other" }),
		problem.APIKeyExpired: request(func(k *store.APIKey) { k.ExpiresAt = past }),
		problem.APIKeyRevoked: request(func(k *store.APIKey) { k.RevokedAt = &past }),
	}
}

// oneKey is a store in which a key is found.
type oneKey struct {
	handlers.KeyStore
	row store.APIKey
}

func (o oneKey) Hashes(_ context.Context, id string) (hash, previous string, err error) {
	if id != o.row.ID {
		return "", "", nil
	}
	return o.row.Hash, "", nil
}

func (o oneKey) Find(context.Context, string) (store.APIKey, error) { return o.row, nil }
func (o oneKey) Touch(context.Context, string, time.Time) error     { return nil }

// keysDB is a database with a store of keys.
type keysDB struct {
	handlers.Database
	handlers.KeyStore
}
