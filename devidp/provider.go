// Package devidp is Gatehouse's development identity provider: an OpenID Connect provider and
// OAuth 2.0 authorization server, small enough to read, that logs its users in by one click.
//
//	key, err := devidp.LoadKey(".dev/devidp.pem")
//	provider, err := devidp.New(devidp.Development("http://localhost:9000", "http://localhost:8080", key))
//	listener, err := devidp.Listen("localhost:9000")
//	err = http.Serve(listener, provider)
//
// In what it says to clients it is as strict as a production provider. What it lacks is what makes
// one fit for production: passwords, sessions, consent that is remembered, storage, TLS. For that
// reason it serves loopback addresses only, and the API's binary never contains it.
//
// A login can be followed through the files: authorize.go checks what a client asks for, login.go
// asks the user, token.go trades what the client got for tokens, issue.go makes those, and
// jwt.go signs them. What an API does with a token to call another one is exchange.go.
package devidp

import (
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

// maxRequest bounds a request's body, and its target: nothing that a provider reads is larger.
const maxRequest = 64 << 10

// A Provider is an http.Handler that serves one issuer. It keeps its state in memory, bounded, and
// is safe for concurrent use.
type Provider struct {
	cfg     Config
	kid     string
	now     func() time.Time
	log     *slog.Logger
	pages   map[string]*template.Template
	origins map[string]bool
	routes  http.Handler

	codes     *table[*authorization]
	refreshes *table[*grant]
	devices   *table[*device]  // by device code, which the client holds
	userCodes *table[*device]  // by user code, which the user types
	revoked   *table[struct{}] // ids of access tokens, and of whole grants
}

// New returns the provider that cfg describes. It refuses an issuer that is not on a loopback host
// and a configuration that contradicts itself.
func New(cfg Config) (*Provider, error) {
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("devidp: %w", err)
	}
	pages, err := parsePages()
	if err != nil {
		return nil, fmt.Errorf("devidp: %w", err)
	}
	p := &Provider{cfg: cfg, kid: thumbprint(&cfg.Key.PublicKey), now: cfg.Now, log: cfg.Log,
		pages: pages, origins: cfg.origins()}
	if p.now == nil {
		p.now = time.Now
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.codes, p.refreshes = newTable[*authorization](p.now), newTable[*grant](p.now)
	p.devices, p.userCodes = newTable[*device](p.now), newTable[*device](p.now)
	p.revoked = newTable[struct{}](p.now)
	p.routes = p.mux()
	return p, nil
}

// mux holds every endpoint. The standard library answers other methods with 405 and Allow.
func (p *Provider) mux() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.index)
	mux.HandleFunc("GET /style.css", p.style)
	mux.HandleFunc("GET /favicon.ico", noIcon)

	mux.HandleFunc("GET /.well-known/openid-configuration", p.metadata)
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", p.metadata)
	mux.HandleFunc("GET /jwks", p.jwks)

	// What the user's browser visits. The two that act on a click refuse every other site's forms.
	clicks := http.NewCrossOriginProtection()
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /authorize", p.authorize)
	mux.Handle("POST /login", clicks.Handler(http.HandlerFunc(p.login)))
	mux.HandleFunc("GET /device", p.verification)
	mux.Handle("POST /device", clicks.Handler(http.HandlerFunc(p.decision)))
	mux.HandleFunc("GET /end_session", p.endSession)
	mux.HandleFunc("POST /end_session", p.endSession)

	// What clients call themselves.
	mux.HandleFunc("POST /token", p.call(p.token))
	mux.HandleFunc("POST /device_authorization", p.call(p.deviceAuthorization))
	mux.HandleFunc("POST /introspect", p.call(p.introspect))
	mux.HandleFunc("POST /revoke", p.call(p.revoke))
	mux.HandleFunc("GET /userinfo", p.userinfo)
	mux.HandleFunc("POST /userinfo", p.userinfo)
	return p.cors(mux)
}

// ServeHTTP answers one request.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	// A hostile page can point its own name at 127.0.0.1 and so become same-origin with whatever
	// listens there (DNS rebinding). Its requests still carry that name as their host.
	host := url.URL{Host: r.Host}
	if !loopback(host.Hostname()) {
		http.Error(w, "This provider answers to loopback hosts only.", http.StatusMisdirectedRequest)
		return
	}
	if len(r.RequestURI) > maxRequest {
		http.Error(w, "The address is too long.", http.StatusRequestURITooLong)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	p.routes.ServeHTTP(w, r)
}
