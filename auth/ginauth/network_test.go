package ginauth_test

import (
	"fmt"
	"testing"

	"example.com/gatehouse/auth/ginauth"
)

func TestANetworkIsWhatOneClientHas(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1",
		"2001:db8::1": "2001:db8::/64", "fe80::1%eth0": "fe80::/64", "": "", "unknown": "unknown",
	} {
		if got := ginauth.Network(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}

// networks returns addresses of so many networks of one site.
func networks(site, count int) (addresses []string) {
	for n := range count {
		addresses = append(addresses, fmt.Sprintf("2001:db8:%x:%x::1", site, n))
	}
	return addresses
}

// TestASiteOfManyNetworksIsThrottled lets each network of a /48 fail as often as it may.
func TestASiteOfManyNetworksIsThrottled(t *testing.T) {
	const limit = 10
	throttle := ginauth.NewThrottle(limit, stopped)
	for n, address := range networks(1, 8) {
		for range limit {
			if err := throttle.Failed(address); err != nil {
				t.Fatalf("network %d: got %v", n, err)
			}
		}
	}
	for _, address := range networks(1, 20)[8:] {
		if err := throttle.Failed(address); err == nil {
			t.Errorf("%s may still fail", address)
		}
	}
	if err := throttle.Failed(networks(2, 1)[0]); err != nil {
		t.Errorf("another site: got %v", err)
	}
}

// TestNetworksThatFailOnceAreASite uses each address once, as who has a /48 can.
func TestNetworksThatFailOnceAreASite(t *testing.T) {
	throttle := ginauth.NewThrottle(10, stopped)
	failed := 0
	for _, address := range networks(1, 1000) {
		if throttle.Failed(address) == nil {
			failed++
		}
	}
	if failed != 80 {
		t.Errorf("%d networks of one site failed", failed)
	}
}

// TestOneNetworkIsNotItsSite floods from one network, which is a neighbor of others.
func TestOneNetworkIsNotItsSite(t *testing.T) {
	throttle := ginauth.NewThrottle(10, stopped)
	all := networks(1, 2)
	for range 10_000 {
		throttle.Failed(all[0])
	}
	if err := throttle.Failed(all[1]); err != nil {
		t.Errorf("its neighbor: got %v", err)
	}
}
