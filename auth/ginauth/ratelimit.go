package ginauth

import (
	"fmt"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// The response headers of a route with a RateLimit: the limit, and what the caller has left of it
// (draft-ietf-httpapi-ratelimit-headers-11).
const (
	RateLimitPolicyHeader = "RateLimit-Policy"
	RateLimitHeader       = "RateLimit"
)

// A RateLimit is how many requests of a caller a route accepts in a time. The zero value means any number. A caller
// that used none of them may send all at once; each comes back after the time divided by their number.
type RateLimit struct {
	Name     string // of what is counted together: a route, or default for all that have no limit of their own
	Requests int
	Per      time.Duration
}

// defaultLimit is the name of the limit that routes share.
const defaultLimit = "default"

// Unlimited reports whether the limit is none.
func (l RateLimit) Unlimited() bool { return l.Requests == 0 }

// String returns the limit for people, as in "10 per 1m0s".
func (l RateLimit) String() string { return fmt.Sprintf("%d per %s", l.Requests, l.Per) }

// Policy returns the limit as RateLimit-Policy has it: q requests in a window of w seconds.
func (l RateLimit) Policy() string {
	return fmt.Sprintf("%q;q=%d;w=%d", l.Name, l.Requests, int(l.Per.Seconds()))
}

// state returns what is left of the limit, as RateLimit has it: r requests, and t seconds until there are more.
func (l RateLimit) state(left int, next time.Duration) string {
	return fmt.Sprintf("%q;r=%d;t=%d", l.Name, left, int(next.Seconds()))
}

// of returns the limit of one route.
func (l RateLimit) of(method, path string) RateLimit {
	if l.Unlimited() {
		return RateLimit{}
	}
	l.Name = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' { // which no String has (RFC 9651, section 3.3.3)
			return '_'
		}
		return r
	}, method+" "+path)
	return l
}

// check returns what is wrong with a limit.
func (l RateLimit) check() error {
	if l.Unlimited() {
		return nil
	}
	if l.Requests < 1 || l.Per < time.Second || l.Per%time.Second != 0 || l.interval() == 0 {
		return fmt.Errorf("is limited to %s: want at least 1 request in whole seconds", l)
	}
	return nil
}

// interval returns the time after which a request comes back.
func (l RateLimit) interval() time.Duration { return l.Per / time.Duration(l.Requests) }

// limit counts a request, and returns an error if it is one too many. Rejected requests do not count.
func (t *table) limit(c *gin.Context, l RateLimit, caller *auth.Principal) error {
	if l.Unlimited() {
		return nil
	}
	left, next, ok := t.limiter.take(l, caller, c.ClientIP())
	header := c.Writer.Header()
	header[RateLimitPolicyHeader] = []string{l.Policy()} // the name as the draft writes it
	header[RateLimitHeader] = []string{l.state(left, next)}
	if !ok {
		return &auth.Error{Type: problem.RateLimited, Variant: problem.RateReached, RetryAfter: next, Err: fmt.Errorf("more than %s of %s", l, l.Name)}
	}
	return nil
}
