package handlers_test

import (
	"crypto/rand"
	"crypto/sha256"
	"maps"
	"net/http"
	"sync"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// tickets are an example of how pages open an EventSource or a WebSocket, which cannot send a token: a ticket in the
// address takes its place, once, at one path, for 30 seconds. docs/browser-apps.md has the declaration of its routes.
type tickets struct {
	input *handlers.Input
	mu    sync.Mutex
	byID  map[[sha256.Size]byte]ticket
}

type ticket struct {
	path, authorization string
	expires             time.Time
}

// Issue responds with a ticket of the caller for the path in the body.
func (t *tickets) Issue(c *gin.Context, _ *auth.Principal) error {
	var wanted struct {
		Path string `json:"path"`
	}
	if err := t.input.JSON(c, &wanted); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.byID, func(_ [sha256.Size]byte, v ticket) bool { return !time.Now().Before(v.expires) })
	if len(t.byID) >= 1000 {
		return problem.RateLimited
	}
	secret := rand.Text()
	t.byID[sha256.Sum256([]byte(secret))] = ticket{wanted.Path, c.GetHeader("Authorization"), time.Now().Add(30 * time.Second)}
	c.JSON(http.StatusCreated, gin.H{"ticket": secret})
	return nil
}

// Redeem is middleware before the authentication, which verifies the token of the ticket as if it had been sent.
func (t *tickets) Redeem(c *gin.Context) {
	id := sha256.Sum256([]byte(c.Query("ticket")))
	t.mu.Lock()
	defer t.mu.Unlock()
	if v, ok := t.byID[id]; ok && v.path == c.Request.URL.Path && time.Now().Before(v.expires) {
		c.Request.Header.Set("Authorization", v.authorization)
	}
	delete(t.byID, id)
}
