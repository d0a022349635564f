package devidp

import (
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// maxRequest bounds the body and the target of a request.
const maxRequest = 64 << 10

// A Provider is an http.Handler that serves one issuer. It keeps its state in memory, bounded, and
// is safe for concurrent use.
type Provider struct {
	cfg     Config
	users   map[string]*User
	clients map[string]*Client
	kid     string
	now     func() time.Time
	log     *slog.Logger
	pages   *template.Template
	origins map[string]bool
	routes  http.Handler

	codes     *table[*authorization]
	refreshes *table[*grant]
	devices   *table[*device]  // by device code, which the client holds
	userCodes *table[*device]  // by user code, which the user types
	revoked   *table[struct{}] // ids of access tokens and of grants
}

// New returns the provider that cfg describes. The issuer must be on a loopback host.
func New(cfg Config) (*Provider, error) {
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("devidp: %w", err)
	}
	pages, err := template.ParseFS(files, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("devidp: %w", err)
	}
	p := &Provider{cfg: cfg, kid: thumbprint(&cfg.Key.PublicKey), now: cfg.Now, log: cfg.Log,
		pages: pages, origins: cfg.origins(), users: map[string]*User{}, clients: map[string]*Client{}}
	if p.now == nil {
		p.now = time.Now
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	for i := range cfg.Users {
		p.users[cfg.Users[i].Subject] = &cfg.Users[i]
	}
	for i := range cfg.Clients {
		p.clients[cfg.Clients[i].ID] = &cfg.Clients[i]
	}
	p.codes, p.refreshes = newTable[*authorization](p.now), newTable[*grant](p.now)
	p.devices, p.userCodes = newTable[*device](p.now), newTable[*device](p.now)
	p.revoked = newTable[struct{}](p.now)
	p.routes = p.cors(p.mux())
	return p, nil
}

// mux returns every endpoint. For other methods it responds with 405 and Allow.
func (p *Provider) mux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { p.page(w, http.StatusOK, "index.html", p.cfg) })
	mux.Handle("GET /pages/style.css", http.FileServerFS(files))
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }) // browsers would log a 404

	mux.HandleFunc("GET /.well-known/openid-configuration", p.metadata)
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", p.metadata)
	mux.HandleFunc("GET /jwks", p.jwks)

	// Endpoints for the user's browser. Those that act on a click reject the forms of other sites.
	clicks := http.NewCrossOriginProtection()
	mux.Handle("GET /authorize", p.browser(form, p.authorize))
	mux.Handle("POST /authorize", p.browser(form, p.authorize))
	mux.Handle("POST /login", clicks.Handler(p.browser(strictForm, p.login)))
	mux.Handle("GET /device", p.browser(strictForm, p.verification))
	mux.Handle("POST /device", clicks.Handler(p.browser(strictForm, p.decision)))
	mux.Handle("GET /end_session", p.browser(strictForm, p.endSession))
	mux.Handle("POST /end_session", p.browser(strictForm, p.endSession))

	// Endpoints for clients.
	mux.Handle("POST /token", p.client(p.token))
	mux.Handle("POST /device_authorization", p.client(p.deviceAuthorization))
	mux.Handle("POST /introspect", p.client(p.introspect))
	mux.Handle("POST /revoke", p.client(p.revoke))
	mux.Handle("GET /userinfo", p.json(p.userinfo))
	mux.Handle("POST /userinfo", p.json(p.userinfo))
	return mux
}

// ServeHTTP handles one request.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	securityHeaders(w.Header())
	// With DNS rebinding, a hostile page lets its own name resolve to 127.0.0.1 and so shares an origin
	// with whatever listens there. Its requests still have that name as their host.
	host := url.URL{Host: r.Host}
	if !loopback(host.Hostname()) {
		http.Error(w, "This provider serves loopback hosts only.", http.StatusMisdirectedRequest)
		return
	}
	if len(r.RequestURI) > maxRequest {
		http.Error(w, "The address is too long.", http.StatusRequestURITooLong)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	p.routes.ServeHTTP(w, r)
}

// Listen returns a listener on the loopback address addr: ":9000" and "localhost:9000" mean
// 127.0.0.1. Other addresses are an error, because this provider signs in every caller.
func Listen(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("devidp: listen address: %w", err)
	}
	if host == "" || host == "localhost" {
		host = "127.0.0.1"
	}
	if !loopback(host) {
		return nil, fmt.Errorf("devidp: listen address %q is not loopback: this provider signs in every caller", addr)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("devidp: port %s is in use: stop the program that uses it, or choose another port: %w", port, err)
	}
	if err != nil {
		return nil, fmt.Errorf("devidp: %w", err)
	}
	return listener, nil
}
