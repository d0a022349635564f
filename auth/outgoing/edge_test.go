package outgoing_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/outgoing"
	"example.com/gatehouse/problem"
)

// A client whose patience ends with the provider's would only say that time is up.
func TestAHastyClientStillSaysThatItIsTheProvider(t *testing.T) {
	w := begin(t)
	caller, r := w.signIn("alice")
	w.fail(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	hasty := w.client(func(c *outgoing.Config) { c.Timeout = 200 * time.Millisecond })
	if _, err := w.get(hasty.OnBehalfOf(caller, r)); !errors.Is(err, problem.AuthUnavailable) {
		t.Errorf("the error is %v", err)
	}
}

func TestAGrantThatIsNoneGetsNoTokenOfTheAPIItself(t *testing.T) {
	w := begin(t)
	caller, r := w.signIn("alice")
	client := w.client(func(c *outgoing.Config) { c.OnBehalfOf = func(auth.Token) url.Values { return nil } })
	if _, err := w.get(client.OnBehalfOf(caller, r)); err == nil {
		t.Error("the call is made as the API itself")
	}
}

func TestATokenThatIsNotKeptTakesNoPlace(t *testing.T) {
	w := begin(t)
	alice, asAlice := w.signIn("alice")
	client := w.client(func(c *outgoing.Config) { c.Tokens = 1 })
	w.want(t, client.OnBehalfOf(alice, asAlice), "the orders of alice, for service")
	bob, asBob := w.signIn("bob")
	w.fail(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		rw.Write([]byte(`{"access_token":"x","token_type":"Bearer","expires_in":1}`))
	})
	w.get(client.OnBehalfOf(bob, asBob))
	w.fail(nil)
	asked := w.requests()
	w.want(t, client.OnBehalfOf(alice, asAlice), "the orders of alice, for service")
	if again := w.requests() - asked; again != 0 {
		t.Errorf("the provider is asked %d times again", again)
	}
}
