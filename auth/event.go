package auth

import "time"

// An Event is something that a Verifier did, for metrics.
type Event struct {
	Kind     EventKind
	Duration time.Duration // of a Verification, a Fetch or an introspection
	Err      error         // nil if it succeeded
}

// An EventKind says what a Verifier did.
type EventKind uint8

// The kinds of events.
const (
	CacheHit     EventKind = iota // a token was accepted from the cache
	Verification                  // a token was verified that was not in the cache; the time includes waiting for keys
	Fetch                         // the provider's metadata and keys were fetched
	Introspected                  // the provider was asked about a token
)
