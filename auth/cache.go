package auth

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"sync/atomic"
)

// cacheShards is how many locks share the work of a cache.
const cacheShards = 64

// A cache remembers the callers of verified tokens. It knows a token by its SHA-256, so it holds no
// token, and only by the one text that the strict reader lets in, so a token is held once. It never
// has more entries than it was made for: a new one takes the place of any other.
type cache struct {
	shards [cacheShards]shard
	limit  int // of a shard
}

// A shard finds callers by the head of the sum; the whole of it is then compared.
type shard struct {
	mu      sync.RWMutex
	callers map[uint64]*Principal
	hits    atomic.Uint64 // beside the lock, whose cache line a look-up has anyway
}

// newCache returns a cache of so many entries; it may be none.
func newCache(entries int) *cache {
	c := &cache{limit: (max(entries, 0) + cacheShards - 1) / cacheShards}
	for i := range c.shards {
		c.shards[i].callers = map[uint64]*Principal{}
	}
	return c
}

func (c *cache) shard(sum *[sha256.Size]byte) (*shard, uint64) {
	return &c.shards[sum[sha256.Size-1]%cacheShards], binary.LittleEndian.Uint64(sum[:8])
}

func (c *cache) get(sum *[sha256.Size]byte) *Principal {
	s, head := c.shard(sum)
	s.mu.RLock()
	p := s.callers[head]
	s.mu.RUnlock()
	if p == nil || p.sum != *sum {
		return nil
	}
	return p
}

func (c *cache) put(sum [sha256.Size]byte, p *Principal) {
	s, head := c.shard(&sum)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.callers) >= c.limit {
		for other := range s.callers { // maps are read in random order
			delete(s.callers, other)
			break
		}
	}
	p.sum = sum
	s.callers[head] = p
}

// hit counts a caller that was found and let in.
func (c *cache) hit(sum *[sha256.Size]byte) {
	s, _ := c.shard(sum)
	s.hits.Add(1)
}

// hits returns how many were.
func (c *cache) hits() (n uint64) {
	for i := range c.shards {
		n += c.shards[i].hits.Load()
	}
	return n
}

func (c *cache) drop(sum *[sha256.Size]byte) {
	s, head := c.shard(sum)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.callers, head)
}
