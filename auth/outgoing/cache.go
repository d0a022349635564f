package outgoing

import (
	"crypto/sha256"
	"sync"
	"time"

	"example.com/gatehouse/auth"
)

// A cache keeps tokens that were issued. It knows the callers that they are for by the SHA-256 of
// their own tokens, and never has more entries than it was made for: a new one takes the place of any
// other.
type cache struct {
	limit int
	mu    sync.Mutex
	kept  map[[sha256.Size]byte]entry
}

type entry struct {
	token auth.Token
	until time.Time
}

func newCache(limit int) *cache {
	return &cache{limit: limit, kept: map[[sha256.Size]byte]entry{}}
}

// get returns the token that was kept, or none.
func (c *cache) get(sum [sha256.Size]byte, now time.Time) auth.Token {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.kept[sum]
	if !now.Before(e.until) {
		delete(c.kept, sum)
		return ""
	}
	return e.token
}

func (c *cache) put(sum [sha256.Size]byte, token auth.Token, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) >= c.limit {
		for other := range c.kept { // maps are read in random order
			delete(c.kept, other)
			break
		}
	}
	c.kept[sum] = entry{token, until}
}
