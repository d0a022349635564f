package auth

import (
	"crypto/sha256"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// TestTheCacheTakesItsSize puts callers with different claims into a cache, more than fit, and measures the memory.
func TestTheCacheTakesItsSize(t *testing.T) {
	const size = 16 << 20
	for name, more := range map[string]string{
		"usual tokens":            `"scope":"openid items:read items:write","roles":["admin","editor"]`,
		"tokens of 8 KB":          `"pad":"` + strings.Repeat("x", 5500) + `"`,
		"tokens with 1,400 roles": `"roles":["a"` + strings.Repeat(`,"a"`, 1399) + `]`,
		"tokens with escapes":     `"acr":"` + strings.Repeat(`\u0041\n`, 600) + `","roles":["a\n` + strings.Repeat(`","\n`, 300) + `"]`,
	} {
		t.Run(name, func(t *testing.T) {
			before, cache := usedHeap(), newCache(size)
			for n := range 3 * size / 2 / (len(more) + 500) { // more than fit
				p := describe(t, n, more)
				cache.Put(sha256.Sum256(fmt.Append(nil, n)), p, p.size()+cacheSlot)
			}
			used := usedHeap() - before
			if used > size || used < size/2 {
				t.Errorf("it takes %d KB, and its size is %d KB", used>>10, size>>10)
			}
			t.Logf("it takes %d KB of %d KB", used>>10, size>>10)
			runtime.KeepAlive(cache)
		})
	}
}

// What all callers of a verifier share.
var (
	signedBy     = &key{}
	sharedConfig = &Config{}
	sharedRules  = newRules(sharedConfig, RFC9068())
)

// describe returns the caller of a token with more claims.
func describe(t *testing.T, n int, more string) *Principal {
	c := &candidate{config: sharedConfig, rules: sharedRules}
	claims := fmt.Sprintf(`{"iss":"https://login.example.com","aud":"https://api.example.com","sub":"caller-%d","client_id":"docs","jti":"%d","iat":1,"exp":2,%s}`, n, n, more)
	if err := c.parse([]byte(claims)); err != nil {
		t.Fatal(err)
	}
	return c.principal(signedBy)
}

// usedHeap returns the bytes in use after garbage collection.
func usedHeap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestTheCacheDropsWhatIsOutdated looks into the cache after tokens expired or their key was withdrawn.
func TestTheCacheDropsWhatIsOutdated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		issuer := authtest.New("https://login.example.com", "https://api.example.com")
		v := connectTo(t, issuer, RFC9068())
		verify := func(life time.Duration) func() bool {
			token := AccessToken(issuer.Token(authtest.Claims{"exp": time.Now().Add(life).Unix()}))
			if _, err := v.Verify(t.Context(), token); err != nil {
				t.Fatal(err)
			}
			return func() bool {
				_, found := v.cache.Get(token.sum())
				return found
			}
		}
		short, long := verify(time.Minute), verify(time.Hour)
		time.Sleep(2*time.Minute + time.Second)
		if short() || !long() {
			t.Errorf("after two minutes: %v, %v", short(), long())
		}
		issuer.Swap(authtest.NewKey("ES256"))
		time.Sleep(6*time.Minute + time.Second)
		if long() {
			t.Error("a token of a withdrawn key is in the cache")
		}
	})
}
