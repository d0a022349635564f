package ginauth_test

import (
	"fmt"
	"testing"
	"time"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
)

func TestAThrottleAllowsFailuresPerMinute(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	throttle := ginauth.NewThrottle(60, func() time.Time { return now })
	const alice, bob = "192.0.2.1", "192.0.2.2"
	for n := range 60 {
		if err := throttle.Failed(alice); err != nil {
			t.Fatalf("failure %d: got %v", n+1, err)
		}
	}
	err := throttle.Failed(alice)
	if err == nil || err.Type != problem.TooManyFailures || err.RetryAfter != time.Second {
		t.Fatalf("failure 61: got %+v", err)
	}
	if err := throttle.Failed(bob); err != nil {
		t.Errorf("another address: got %v", err)
	}
	now = now.Add(err.RetryAfter)
	if err := throttle.Failed(alice); err != nil {
		t.Errorf("after RetryAfter: got %v", err)
	}
	if err := throttle.Failed(alice); err == nil {
		t.Error("a second failure after RetryAfter: got nothing")
	}
}

// stopped is a clock.
func stopped() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

func TestAThrottleCountsByNetwork(t *testing.T) {
	for _, test := range []struct {
		name, first, second string
		same                bool
	}{
		{"the same address", "192.0.2.1", "192.0.2.1", true},
		{"two IPv4 addresses", "192.0.2.1", "192.0.2.2", false},
		{"an IPv4 address written as IPv6", "192.0.2.1", "::ffff:192.0.2.1", true},
		{"two addresses of an IPv6 network", "2001:db8::1", "2001:db8::2", true},
		{"two IPv6 networks", "2001:db8::1", "2001:db8:0:1::1", false},
		{"no address", "", "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			throttle := ginauth.NewThrottle(1, nil)
			throttle.Failed(test.first)
			if got := throttle.Failed(test.second) != nil; got != test.same {
				t.Errorf("counted together: got %v, want %v", got, test.same)
			}
		})
	}
}

func TestAThrottleDropsOldNetworks(t *testing.T) {
	throttle := ginauth.NewThrottle(1, nil)
	const first = "192.0.2.1"
	throttle.Failed(first)
	for n := range 25_000 { // more than it stores
		throttle.Failed(fmt.Sprintf("10.%d.%d.1", n/256, n%256))
	}
	if err := throttle.Failed(first); err != nil {
		t.Errorf("got %v: it stores more than it should", err)
	}
}
