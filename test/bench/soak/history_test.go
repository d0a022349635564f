package soak

import (
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth/authtest"
)

func TestKeysAreValidFromPublicationToWithdrawal(t *testing.T) {
	const moment = time.Millisecond
	tests := []struct {
		name                 string
		published, withdrawn bool
		later                time.Duration // when the token is sent, after the latest change of the key
		want                 expectation
	}{
		{"an unpublished key", false, false, 2 * settle, either},
		{"a key that has just been published", true, false, settle - moment, either},
		{"a key that was published", true, false, settle + moment, accept},
		{"a key that has just been withdrawn", true, true, settle - moment, either},
		{"a key that was withdrawn", true, true, settle + moment, reject},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, key := newHistory(authtest.NewKey("EdDSA")), authtest.NewKey("EdDSA")
				if test.published {
					h.publish(key, false)
				}
				if test.withdrawn {
					time.Sleep(2 * settle)
					h.withdraw(key)
				}
				time.Sleep(test.later)
				if got := h.expected(key, time.Now()); got != test.want {
					t.Errorf("got %d, want %d", got, test.want)
				}
			})
		})
	}
}

func TestAWithdrawalDuringVerificationAllowsEither(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, key := newHistory(authtest.NewKey("EdDSA")), authtest.NewKey("EdDSA")
		h.publish(key, false)
		time.Sleep(2 * settle)
		sent := time.Now()
		h.withdraw(key)
		if got := h.expected(key, sent); got != either {
			t.Errorf("got %d, want %d", got, either)
		}
	})
}

func TestTheLongestWaitIsThatOfASwappedKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, swapped, announced := newHistory(authtest.NewKey("EdDSA")), authtest.NewKey("EdDSA"), authtest.NewKey("EdDSA")
		h.publish(swapped, true)
		h.publish(announced, false)
		time.Sleep(time.Second)
		h.accepted(swapped)
		time.Sleep(time.Second)
		h.accepted(swapped)
		h.accepted(announced)
		if got := h.longestWait(); got != time.Second {
			t.Errorf("got %s, want %s", got, time.Second)
		}
		h.publish(authtest.NewKey("EdDSA"), true)
		time.Sleep(time.Minute)
		if got := h.longestWait(); got != time.Minute {
			t.Errorf("got %s for a key that is never accepted, want %s", got, time.Minute)
		}
	})
}
