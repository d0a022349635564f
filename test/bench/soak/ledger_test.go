package soak

import (
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth/authtest"
)

func TestALedgerKnowsWhatAKeyIsWorth(t *testing.T) {
	const moment = time.Millisecond
	tests := []struct {
		name             string
		known, withdrawn bool
		later            time.Duration // when the token is sent, after the latest change of the key
		want             verdict
	}{
		{"a key that nobody published", false, false, 2 * settle, either},
		{"a key that has just been published", true, false, settle - moment, either},
		{"a key that was published", true, false, settle + moment, good},
		{"a key that has just been withdrawn", true, true, settle - moment, either},
		{"a key that was withdrawn", true, true, settle + moment, bad},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, key := newLedger(authtest.NewKey("EdDSA")), authtest.NewKey("EdDSA")
				if test.known {
					l.publish(key, false)
				}
				if test.withdrawn {
					time.Sleep(2 * settle)
					l.withdraw(key)
				}
				time.Sleep(test.later)
				if got := l.verdict(key, time.Now()); got != test.want {
					t.Errorf("the verdict is %d, want %d", got, test.want)
				}
			})
		})
	}
}

func TestAKeyThatIsWithdrawnWhileATokenIsJudgedMayBeEither(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, key := newLedger(authtest.NewKey("EdDSA")), authtest.NewKey("EdDSA")
		l.publish(key, false)
		time.Sleep(2 * settle)
		sent := time.Now()
		l.withdraw(key)
		if got := l.verdict(key, sent); got != either {
			t.Errorf("the verdict is %d, want %d", got, either)
		}
	})
}

func TestTheLongestWaitIsThatOfAKeyWithoutNotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, quick, announced := newLedger(authtest.NewKey("EdDSA")), authtest.NewKey("EdDSA"), authtest.NewKey("EdDSA")
		l.publish(quick, true)
		l.publish(announced, false)
		time.Sleep(time.Second)
		l.accept(quick)
		time.Sleep(time.Second)
		l.accept(quick)
		l.accept(announced)
		if got := l.longestWait(); got != time.Second {
			t.Errorf("the wait is %s, want %s", got, time.Second)
		}
		l.publish(authtest.NewKey("EdDSA"), true)
		time.Sleep(time.Minute)
		if got := l.longestWait(); got != time.Minute {
			t.Errorf("the wait for a key that is never accepted is %s, want %s", got, time.Minute)
		}
	})
}
