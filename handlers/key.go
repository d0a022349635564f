package handlers

import (
	"time"

	"example.com/gatehouse/store"
)

// A Key is an API key as callers see it.
type Key struct {
	store.Key
	Name       string     `json:"name" example:"nightly export"`
	Scopes     []string   `json:"scopes" example:"items:read"`                                                                            // what the key may do
	ExpiresAt  time.Time  `json:"expires_at" format:"date-time" readonly:"true" example:"2027-02-21T09:00:00Z"`                           // when it ends to work
	CreatedAt  time.Time  `json:"created_at" format:"date-time" readonly:"true" example:"2026-11-23T09:00:00Z"`                           // when it was made
	LastUsedAt *time.Time `json:"last_used_at" format:"date-time" readonly:"true" extensions:"x-nullable" example:"2026-11-23T09:05:00Z"` // to the minute; null for never
	RevokedAt  *time.Time `json:"revoked_at,omitempty" format:"date-time" readonly:"true" example:"2026-11-23T09:10:00Z"`                 // when it was revoked, if it was
}

// A RevealedKey is an API key with its text, which is shown once.
type RevealedKey struct {
	Key
	Text string `json:"key" example:"gatehouse_01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77_…"` // the key itself: store it now, it is not shown again
}

// A KeyPage is a page of a list of keys.
type KeyPage struct {
	Keys []Key `json:"keys"`
	NextPage
}

// An OwnedKey is a key and its owner.
type OwnedKey struct {
	Key
	Issuer string `json:"issuer" format:"uri" example:"http://localhost:9000"` // of the owner
	Owner  string `json:"owner" example:"alice"`                               // subject of the owner
}

// An OwnedKeyPage is a page of the list of all keys.
type OwnedKeyPage struct {
	Keys []OwnedKey `json:"keys"`
	NextPage
}

// A KeyDraft is what callers say of a key.
type KeyDraft struct {
	Name      string   `json:"name" binding:"required,min=1,max=100,excludesrune=\x00" example:"nightly export"`
	Scopes    []string `json:"scopes" binding:"required,min=1,max=100,unique,dive,min=1,max=200" example:"items:read"`                 // at most those of the token, and none that begins with keys:
	ExpiresIn *int64   `json:"expires_in" binding:"omitnil,min=1,max=31536000" swaggertype:"integer" format:"int64" example:"7776000"` // in seconds; by default 90 days
}

// A Rotation says how a key is renewed.
type Rotation struct {
	Overlap int64 `json:"overlap" binding:"min=0,max=604800" example:"3600"` // for how many seconds the old secret still works
}

func keyOf(row store.APIKey) Key {
	return Key{Key: row.Key, Name: row.Name, Scopes: row.Scopes, ExpiresAt: row.ExpiresAt, CreatedAt: row.CreatedAt,
		LastUsedAt: row.LastUsedAt, RevokedAt: row.RevokedAt}
}
