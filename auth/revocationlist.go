package auth

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"example.com/gatehouse/problem"
)

const (
	// Every instance knows a revocation within 5 seconds: it reads after each pause, and for no longer than readTimeout.
	readInterval = 2 * time.Second
	readTimeout  = 2 * time.Second
	dropInterval = time.Minute // between two times of dropping what has expired

	shortestLife = 24 * time.Hour       // of tokens, for which revocations are stored
	longestLife  = 365 * 24 * time.Hour // which no token of a provider extends
)

// A RevocationSource has the revocations of all instances, in the order in which they were stored.
type RevocationSource interface {
	// Revocations returns those after a position, and the position of the last. The first position is empty.
	Revocations(ctx context.Context, after string) (found []Revocation, last string, err error)
}

// A RevocationList has the revocations that this instance knows. A request costs it at most three look-ups in a map, and
// none while no token is revoked. Use NewRevocationList to make one; it is safe for concurrent use.
type RevocationList struct {
	log  *slog.Logger
	size atomic.Int64 // of known, so that an empty list costs nothing
	life atomic.Int64 // of the token that lives the longest, of those that were verified

	mu    sync.RWMutex
	known map[revocationKey]Revocation

	failure atomic.Pointer[error] // of the latest read
	dropped time.Time             // when expired ones were dropped, for the goroutine that reads
}

type revocationKey struct {
	kind          RevocationKind
	issuer, value string
}

// NewRevocationList returns an empty list.
func NewRevocationList(log *slog.Logger) *RevocationList {
	return &RevocationList{log: log, known: map[revocationKey]Revocation{}}
}

// Add adds revocations that were stored.
func (l *RevocationList) Add(all ...Revocation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range all {
		if !r.Kind.known() || !time.Now().Before(r.Until) {
			continue
		}
		key := revocationKey{r.Kind, r.Issuer, r.Value}
		if before, found := l.known[key]; found {
			r.Before, r.Until = latest(r.Before, before.Before), latest(r.Until, before.Until)
		}
		l.known[key] = r
	}
	l.size.Store(int64(len(l.known)))
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Revoked implements [Revocations].
func (l *RevocationList) Revoked(t Revocable) (variant *problem.Variant, what string) {
	if t.Genuine {
		l.learnLife(t)
	}
	if l.size.Load() == 0 {
		return nil, ""
	}
	if r, found := l.find(t); found {
		return r.variant(), r.describe()
	}
	return nil, ""
}

// find returns the revocation of a token.
func (l *RevocationList) find(t Revocable) (r Revocation, found bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if r, found = l.known[revocationKey{RevokeSubject, t.Issuer, t.Subject}]; found && r.covers(t.IssuedAt) {
		return r, true
	}
	if r, found = l.known[revocationKey{RevokeID, t.Issuer, t.ID}]; found {
		return r, true
	}
	if t.Session != "" {
		r, found = l.known[revocationKey{RevokeSession, t.Issuer, t.Session}]
		return r, found
	}
	r, found = l.known[revocationKey{RevokeSessionless, t.Issuer, t.Subject}]
	return r, found && r.covers(t.IssuedAt)
}

// learnLife notes how long a token lives, if that is longer than others.
func (l *RevocationList) learnLife(t Revocable) {
	issued := t.IssuedAt
	if issued.IsZero() {
		issued = time.Now()
	}
	if life := int64(t.ExpiresAt.Sub(issued)); life > l.life.Load() {
		l.life.Store(life)
	}
}

// Life returns how long tokens live at most: a day, or longer if a token was verified that does.
func (l *RevocationList) Life() time.Duration {
	return min(max(time.Duration(l.life.Load()), shortestLife), longestLife)
}

// FollowRevocations makes the verifier reject tokens that a source has, as long as it fetches keys, and returns the list
// of these.
func (v *Verifier) FollowRevocations(source RevocationSource) *RevocationList {
	l := NewRevocationList(v.config.Log)
	l.Follow(v.provider.ctx, source)
	v.SetRevocations(l)
	return l
}

// Follow reads the revocations of all instances, now and then again and again until ctx is done. When they cannot be read,
// tokens are verified with those that are known.
func (l *RevocationList) Follow(ctx context.Context, source RevocationSource) {
	last := l.read(ctx, source, "")
	go func() {
		for ctx.Err() == nil {
			sleep(ctx, readInterval)
			last = l.read(ctx, source, last)
			l.dropExpired()
		}
	}()
}

// read reads the revocations after a position, and returns that of the last.
func (l *RevocationList) read(ctx context.Context, source RevocationSource, after string) string {
	limited, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	found, last, err := source.Revocations(limited, after)
	if ctx.Err() != nil {
		return after
	}
	l.Add(found...) // also what was read before an error
	if before := l.failure.Swap(&err); err != nil && (before == nil || *before == nil) {
		l.log.Error("revocations cannot be read: tokens are verified with those that are known", "err", err)
	} else if err == nil && before != nil && *before != nil {
		l.log.Info("revocations can be read again")
	}
	return last
}

// Outdated implements [Revocations]: the latest read failed.
func (l *RevocationList) Outdated() string {
	if failure := l.failure.Load(); failure == nil || *failure == nil {
		return ""
	}
	return "revocations cannot be read: tokens are accepted that were revoked since"
}

// dropExpired drops the revocations whose tokens have expired.
func (l *RevocationList) dropExpired() {
	now := time.Now()
	if l.size.Load() == 0 || now.Sub(l.dropped) < dropInterval {
		return
	}
	l.dropped = now
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, r := range l.known {
		if !now.Before(r.Until) {
			delete(l.known, key)
		}
	}
	l.size.Store(int64(len(l.known)))
}
