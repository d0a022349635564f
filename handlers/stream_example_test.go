package handlers_test

import (
	"bufio"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"github.com/gin-contrib/sse"
	"github.com/gin-gonic/gin"
)

// A clock is an example of a route that streams: it sends the time.
type clock struct{ api *handlers.API }

// Watch sends an event every second, until the stream ends. Declare it like any route:
//
//	r.Require("items:read").Hidden().GET("/clock", clock.Watch)
func (k clock) Watch(c *gin.Context, caller *auth.Principal) error {
	ctx, ticks := c.Request.Context(), make(chan sse.Event)
	go func() {
		for now := range time.Tick(time.Second) {
			select {
			case ticks <- sse.Event{Event: "tick", Data: map[string]time.Time{"now": now.UTC()}}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return k.api.Stream(c, caller, ticks)
}

// TestTheExampleStreams also fails if a goroutine is left when the caller has gone.
func TestTheExampleStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(t)
		f.Router().Require("items:read").Hidden().GET("/clock", clock{f.API.API}.Watch)
		lines := bufio.NewScanner(f.open("GET /clock", f.token(time.Hour)).Body)
		for _, want := range []string{
			":", "",
			"event:tick", `data:{"now":"2000-01-01T00:00:01Z"}`, "",
			"event:tick", `data:{"now":"2000-01-01T00:00:02Z"}`, "",
		} {
			if lines.Scan(); lines.Text() != want {
				t.Errorf("got %q, want %q", lines.Text(), want)
			}
		}
		f.caller.Close()
		time.Sleep(time.Second) // until the next tick
		f.wantLogged("the caller closed the connection", nil)
	})
}
