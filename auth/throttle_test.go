package auth_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
)

func TestAnAddressMayFailSoOftenAMinute(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	throttle := auth.NewThrottle(60, func() time.Time { return now })
	alice, bob := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for n := range 60 {
		if r := throttle.Failed(alice); r != nil {
			t.Fatalf("failure %d: got %v", n+1, r)
		}
	}
	r := throttle.Failed(alice)
	if r == nil || r.Type != problem.TooManyFailures || r.RetryAfter != time.Second {
		t.Fatalf("failure 61: got %+v", r)
	}
	if r := throttle.Failed(bob); r != nil {
		t.Errorf("another address: got %v", r)
	}
	now = now.Add(r.RetryAfter)
	if r := throttle.Failed(alice); r != nil {
		t.Errorf("after RetryAfter: got %v", r)
	}
	if r := throttle.Failed(alice); r == nil {
		t.Error("a second one after RetryAfter: got nothing")
	}
}

func TestAThrottleGoesByWhatOneCallerHas(t *testing.T) {
	for _, test := range []struct {
		name, first, second string
		same                bool
	}{
		{"an address", "192.0.2.1", "192.0.2.1", true},
		{"two IPv4 addresses", "192.0.2.1", "192.0.2.2", false},
		{"an IPv4 address written as IPv6", "192.0.2.1", "::ffff:192.0.2.1", true},
		{"two addresses of an IPv6 network", "2001:db8::1", "2001:db8::2", true},
		{"two IPv6 networks", "2001:db8::1", "2001:db8:0:1::1", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			throttle := auth.NewThrottle(1, nil)
			throttle.Failed(netip.MustParseAddr(test.first))
			if got := throttle.Failed(netip.MustParseAddr(test.second)) != nil; got != test.same {
				t.Errorf("got the same %v", got)
			}
		})
	}
}

// TestAThrottleForgetsWhoFailedLongAgo fills it with more addresses than it remembers.
func TestAThrottleForgetsWhoFailedLongAgo(t *testing.T) {
	throttle := auth.NewThrottle(1, nil)
	first := netip.MustParseAddr("192.0.2.1")
	throttle.Failed(first)
	for n := range 25_000 {
		throttle.Failed(netip.MustParseAddr(fmt.Sprintf("10.%d.%d.1", n/256, n%256)))
	}
	if r := throttle.Failed(first); r != nil {
		t.Errorf("got %v: it remembers more than it should", r)
	}
}
