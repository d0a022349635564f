package handlers_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"github.com/gin-contrib/sse"
	"github.com/gin-gonic/gin"
)

func newTickets(api *apitest.API, watch func(*gin.Context, *auth.Principal) error) *tickets {
	tickets := &tickets{input: handlers.NewInput(), byID: map[[sha256.Size]byte]ticket{}}
	api.Router().Require().Hidden().POST("/a-ticket", tickets.Issue)
	streams := api.Router().Group("/streams")
	streams.Use(tickets.Redeem)
	streams.Require("items:read").Hidden().GET("/items", watch)
	return tickets
}

func issue(t *testing.T, api *apitest.API, token, path string) string {
	t.Helper()
	r := api.Call(t, token, "POST /a-ticket", `{"path":"`+path+`"}`)
	r.WantStatus(t, http.StatusCreated)
	return apitest.Decode[struct{ Ticket string }](t, r).Ticket
}

func TestATicketTakesThePlaceOfAToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t)
		tickets := newTickets(api, func(c *gin.Context, caller *auth.Principal) error {
			c.String(http.StatusOK, caller.Subject)
			return nil
		})
		token := func(scope string, life time.Duration) string {
			return api.Issuer.Token(authtest.Claims{"sub": "alice", "scope": scope, "exp": time.Now().Add(life).Unix()})
		}
		const path = "/streams/items"
		used := issue(t, api, token("items:read", time.Hour), path)
		elsewhere := issue(t, api, token("items:read", time.Hour), "/streams/others")
		for _, test := range []struct {
			name, ticket string
			after        time.Duration
			status       int
			body         string
		}{
			{"a ticket", used, 0, 200, "alice"},
			{"a ticket that was used", used, 0, 401, "credentials-missing"},
			{"a ticket at the last moment", issue(t, api, token("items:read", time.Hour), path), 29 * time.Second, 200, "alice"},
			{"a ticket for another path", elsewhere, 0, 401, "credentials-missing"},
			{"no ticket", "", 0, 401, "credentials-missing"},
			{"a made-up ticket", strings.Repeat("A", 26), 0, 401, "credentials-missing"},
			{"a ticket of a caller without the scope", issue(t, api, token("openid", time.Hour), path), 0, 403, "scope-insufficient"},
		} {
			time.Sleep(test.after)
			if r := api.Call(t, "", "GET "+path+"?ticket="+test.ticket, ""); r.Status != test.status || !strings.Contains(r.Body, test.body) {
				t.Errorf("%s: got %d %s, want %d %s", test.name, r.Status, r.Body, test.status, test.body)
			}
		}
		late, short := issue(t, api, token("items:read", time.Hour), path), issue(t, api, token("items:read", 10*time.Second), path)
		time.Sleep(30 * time.Second)
		api.Call(t, "", "GET "+path+"?ticket="+late, "").WantStatus(t, 401)
		if stored := fmt.Sprint(tickets.byID); strings.Contains(stored, short) || strings.Contains(api.Log.String(), used) {
			t.Error("a ticket is stored or logged as it is")
		}
		issue(t, api, token("items:read", time.Hour), path)
		if len(tickets.byID) != 1 {
			t.Errorf("%d tickets are stored, want 1: those that expired are dropped", len(tickets.byID))
		}
	})
}

// TestATicketIsUsedOnce redeems one many times at once.
func TestATicketIsUsedOnce(t *testing.T) {
	api := apitest.New(t)
	newTickets(api, func(*gin.Context, *auth.Principal) error { return nil })
	secret := issue(t, api, api.Token("alice", "items:read"), "/streams/items")
	var accepted atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if api.Call(t, "", "GET /streams/items?ticket="+secret, "").Status == http.StatusOK {
				accepted.Add(1)
			}
		})
	}
	wg.Wait()
	if n := accepted.Load(); n != 1 {
		t.Errorf("%d requests are accepted, want 1", n)
	}
}

// TestATicketOpensAStream also ends it when the token expires, as for a caller that sent the token.
func TestATicketOpensAStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(t)
		newTickets(f.API, func(c *gin.Context, caller *auth.Principal) error {
			events := make(chan sse.Event)
			return f.Stream(c, caller, events)
		})
		response := f.open("GET /streams/items?ticket="+issue(t, f.API, f.token(time.Minute), "/streams/items"), "")
		f.wantEnd(response, 90*time.Second) // and CLOCK_SKEW
	})
}
