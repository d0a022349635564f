// Command bare is the API that a Go developer writes by hand for the routes that are compared: gin, go-oidc and a
// cache of verified tokens, and with DATABASE_URL a list of items. With FEATURES=on it has a request log, request identifiers and security
// headers, as the API has.
package main

import (
	"context"
	"crypto/sha256"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
)

// A caller has the members of GET /me.
type caller struct {
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	ClientID  string    `json:"client_id"`
	Scopes    []string  `json:"scopes"`
	Roles     []string  `json:"roles"`
	ExpiresAt time.Time `json:"expires_at"`
}

// A guard verifies tokens, each once.
type guard struct {
	verifier *oidc.IDTokenVerifier
	verified sync.Map // SHA-256 of a token to its *caller
}

func main() {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	if os.Getenv("FEATURES") == "on" {
		engine.Use(securityHeaders, logRequests(slog.New(slog.NewJSONHandler(os.Stdout, nil))))
	}
	var g guard
	ok := func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) }
	engine.GET("/healthz", ok)
	engine.GET("/readyz", ok)
	engine.GET("/me", g.require, func(c *gin.Context) { c.JSON(http.StatusOK, c.MustGet("caller")) })
	if address := os.Getenv("DATABASE_URL"); address != "" {
		query, err := prepareList(address)
		if err != nil {
			log.Fatal(err)
		}
		engine.GET("/items", g.require, list(query))
	}
	if err := g.connect(); err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(os.Getenv("ADDR"), engine))
}

// securityHeaders sets the security headers of the API.
func securityHeaders(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("X-Content-Type-Options", "nosniff")
}

// logRequests logs what the API logs of a request, except of a probe.
func logRequests(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		start, id := time.Now(), uuid.NewString()
		c.Header("X-Request-Id", id)
		c.Next()
		if c.FullPath() == "/healthz" {
			return
		}
		subject := ""
		if found, ok := c.Get("caller"); ok {
			subject = found.(*caller).Subject
		}
		log.LogAttrs(c, slog.LevelInfo, "request",
			slog.String("request_id", id), slog.String("method", c.Request.Method), slog.String("path", c.Request.URL.Path),
			slog.String("route", c.FullPath()), slog.Int("status", c.Writer.Status()), slog.Int("bytes", c.Writer.Size()),
			slog.Duration("took", time.Since(start)), slog.String("client", c.ClientIP()), slog.String("caller", subject))
	}
}

func (g *guard) connect() error {
	provider, err := oidc.NewProvider(context.Background(), os.Getenv("OIDC_ISSUER"))
	if err != nil {
		return err
	}
	g.verifier = provider.Verifier(&oidc.Config{ClientID: os.Getenv("OIDC_AUDIENCE")})
	return nil
}

// require finds the caller of a token in the cache, or verifies it.
func (g *guard) require(c *gin.Context) {
	token, _ := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	hash := sha256.Sum256([]byte(token))
	if found, ok := g.verified.Load(hash); ok && time.Now().Before(found.(*caller).ExpiresAt) {
		c.Set("caller", found)
		return
	}
	verified, err := g.verify(c, token)
	if err != nil {
		c.AbortWithStatus(http.StatusUnauthorized)
		return
	}
	g.verified.Store(hash, verified)
	c.Set("caller", verified)
}

func (g *guard) verify(c *gin.Context, token string) (*caller, error) {
	verified, err := g.verifier.Verify(c.Request.Context(), token)
	if err != nil {
		return nil, err
	}
	var claims struct {
		ClientID string   `json:"client_id"`
		Scope    string   `json:"scope"`
		Roles    []string `json:"roles"`
	}
	if err := verified.Claims(&claims); err != nil {
		return nil, err
	}
	return &caller{
		Subject: verified.Subject, Issuer: verified.Issuer, ClientID: claims.ClientID,
		Scopes: strings.Fields(claims.Scope), Roles: claims.Roles, ExpiresAt: verified.Expiry.UTC(),
	}, nil
}
