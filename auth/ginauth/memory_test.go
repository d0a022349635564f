package ginauth

import (
	"fmt"
	"testing"
)

// TestAThrottleStoresOnlyWhoFailed: the clients of an API are many, and those that fail are to be remembered.
func TestAThrottleStoresOnlyWhoFailed(t *testing.T) {
	throttle := NewThrottle(600, nil)
	throttle.Failed("192.0.2.66")
	for n := range 50_000 {
		address := fmt.Sprintf("2001:db8:%x::1", n)
		release, err := throttle.Limit(address).Acquire(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		release(true)
	}
	if len(throttle.clients.young) != 1 || throttle.clients.old != nil {
		t.Errorf("it stores %d and %d clients", len(throttle.clients.young), len(throttle.clients.old))
	}
}

// TestASiteStoresFewNetworks fails once from each of many networks of a site.
func TestASiteStoresFewNetworks(t *testing.T) {
	throttle := NewThrottle(10, nil)
	for n := range 50_000 {
		throttle.Failed(fmt.Sprintf("2001:db8:1:%x::1", n))
	}
	if len(throttle.clients.young) > 100 || throttle.clients.old != nil {
		t.Errorf("it stores %d and %d clients", len(throttle.clients.young), len(throttle.clients.old))
	}
}
