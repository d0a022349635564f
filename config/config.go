package config

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/auth"
)

// Name is the API's name: its title, and the realm of its challenges.
const Name = "Gatehouse"

// A Config holds every variable. The file .env.example has more about each.
type Config struct {
	Issuer         string        `env:"OIDC_ISSUER" for:"issuer" required:"true" meaning:"the issuer, exactly as your provider writes it; to try the API without one, use make run"`
	Audience       []string      `env:"OIDC_AUDIENCE" for:"issuer" meaning:"what your provider writes into the aud of tokens for this API; several are separated by commas"`
	Addr           string        `env:"ADDR" default:":8080" check:"listen" meaning:"the address that the API listens on"`
	PublicURL      string        `env:"PUBLIC_URL" check:"publicurl" meaning:"the URL that callers see, perhaps with a path; by default http://localhost and the port of ADDR"`
	PublicPath     string        `env:"PUBLIC_PATH" one:",kept,stripped" meaning:"whether the proxy has kept or stripped the path of PUBLIC_URL; needed only where a route begins like it"`
	TokenProfile   string        `env:"TOKEN_PROFILE" for:"issuer" default:"auto" check:"profile" meaning:"how the provider writes access tokens: auto, rfc9068, jwt or a provider"`
	RolesClaim     []string      `env:"ROLES_CLAIM" for:"issuer" meaning:"where roles stand in tokens: names of claims, or dotted paths; by default as the profile says"`
	ScopesClaim    []string      `env:"SCOPES_CLAIM" for:"issuer" meaning:"where scopes stand in tokens: names of claims, or dotted paths; by default as the profile says"`
	ScopePrefix    string        `env:"SCOPE_PREFIX" for:"issuer" check:"prefix" meaning:"cut from scopes in tokens, and put before scopes that clients are to ask for; by default as the profile says"`
	Clients        []string      `env:"OIDC_CLIENTS" for:"issuer" meaning:"the clients whose tokens are accepted; by default any"`
	RequiredClaims []string      `env:"REQUIRED_CLAIMS" for:"issuer" check:"pair" meaning:"claims that a token must have, as NAME=VALUE; several are separated by commas"`
	DiscoveryURL   string        `env:"OIDC_DISCOVERY_URL" for:"issuer" check:"url" meaning:"the address of the provider's metadata, if it is not below the issuer"`
	Tenants        []string      `env:"OIDC_TENANTS" for:"issuer" meaning:"the tenants that are accepted, or *, if the issuer has {tenantid} in it"`
	Authorize      string        `env:"OIDC_AUTHORIZE_PARAMS" for:"issuer" check:"query" meaning:"more parameters of authorization requests, as a query; by default as the profile says"`
	MaxTokenSize   Size          `env:"MAX_TOKEN_SIZE" for:"issuer" default:"8KB" check:"tokensize" meaning:"how long a token may be, at most 24KB"`
	ClockSkew      time.Duration `env:"CLOCK_SKEW" default:"30s" max:"60s" meaning:"the clock difference that is tolerated for exp, nbf and iat"`
	MinimalErrors  bool          `env:"ERROR_DETAIL" one:"standard,minimal" meaning:"whether errors give the reason for which a token is rejected"`
	Docs           DocsMode      `env:"DOCS" one:"on,off,protected" meaning:"who can read the documentation"`
	LogoutClients  []string      `env:"BACKCHANNEL_LOGOUT" meaning:"the clients whose logout tokens are accepted at /backchannel-logout; by default none"` // part:revocation
	DocsClientID   string        `env:"DOCS_CLIENT_ID" for:"issuer" default:"docs" meaning:"Swagger UI's public client at the provider"`
	CORSOrigins    []string      `env:"CORS_ORIGINS" check:"script" meaning:"the origins whose scripts may call the API"`
	CORSHeaders    []string      `env:"CORS_HEADERS" check:"header" meaning:"more request headers that those scripts may send"`
	APIKeyHeader   string        `env:"API_KEY_HEADER" check:"credentials" meaning:"a header for API keys, beside Authorization: Bearer"` // part:keys
	TokenCacheSize Size          `env:"TOKEN_CACHE_SIZE" default:"64MB" meaning:"the memory for verified tokens, whose signatures are not checked again; 0 means none"`
	FailureLimit   int           `env:"FAILURE_LIMIT" default:"600" meaning:"the forged or malformed credentials that an address may send per minute; 0 means any number"`
	RateLimit      int           `env:"RATE_LIMIT" meaning:"the requests that a caller may send per minute; by default any number"`
	TrustedProxies Networks      `env:"TRUSTED_PROXIES" meaning:"the proxies whose X-Forwarded-For and X-Request-Id are trusted"`
	DatabaseURL    string        `env:"DATABASE_URL" secret:"true" default:"sqlite:items.db" check:"database" meaning:"where items are stored"` // part:sqlite
	// without:sqlite DatabaseURL string `env:"DATABASE_URL" secret:"true" default:"postgres://localhost/items" check:"database" meaning:"where items are stored"`
	DatabaseConns  int           `env:"DATABASE_CONNECTIONS" min:"3" meaning:"how many connections to the database the API has; by default 20 to a server and 10 to a file"`
	RequireIfMatch bool          `env:"REQUIRE_IF_MATCH" one:"false,true" meaning:"whether a change of an item must name the version that it replaces"`
	Development    bool          `env:"DEVELOPMENT" one:"false,true" meaning:"set by make run: the documentation says how to sign in"`
	StopAtEOF      bool          `env:"STOP_AT_EOF" one:"false,true" meaning:"set by make run: the API stops when its standard input ends"`
	IdleTimeout    time.Duration `env:"IDLE_TIMEOUT" default:"2m" max:"24h" meaning:"how long a connection without requests stays open: longer than the proxy in front keeps it"`
	HTTP2          bool          `env:"HTTP2" one:"off,on" meaning:"whether HTTP/2 without TLS is served as well, for proxies and meshes that use it"`
	MetricsAddr    string        `env:"METRICS_ADDR" check:"listen" meaning:"the address that serves GET /metrics; by default there is none"` // part:metrics
	StopDelay      time.Duration `env:"STOP_DELAY" default:"3s" max:"60s" meaning:"the time between the signal to stop and the shutdown"`
	LogLevel       slog.Level    `env:"LOG_LEVEL" default:"info" meaning:"debug, info, warn or error"`
	LogFormat      string        `env:"LOG_FORMAT" one:"json,text" meaning:"how the log is written"`

	IntrospectionVariables // part:introspection

	// The API itself does not use these: the first is for make run, the others are for the command token.
	ProviderAddr      string `env:"DEVIDP_ADDR" default:"localhost:9000" meaning:"the loopback address that the development provider listens on"`
	TokenClientID     string `env:"TOKEN_CLIENT_ID" for:"issuer" default:"cli" meaning:"the command's client at the provider"`
	TokenClientSecret string `env:"TOKEN_CLIENT_SECRET" for:"issuer" secret:"true" meaning:"the secret of that client, for client credentials"`

	suffix string    // of the variables of this issuer
	others []*Config // those of the issuers after the first
}

// A DocsMode says who can read the documentation.
type DocsMode string

// The three modes.
const (
	DocsOn        DocsMode = "on"        // it is public
	DocsOff       DocsMode = "off"       // its addresses return 404
	DocsProtected DocsMode = "protected" // it requires a token
)

// Verification returns which tokens of this issuer are accepted.
func (c *Config) Verification(log *slog.Logger) auth.Config {
	cache := int64(c.TokenCacheSize)
	if cache == 0 {
		cache = -1 // zero is auth's default
	}
	profile, _ := c.Profile()
	roles := c.RolesClaim
	if c.suffix != "" && roles == nil {
		roles = []string{} // another provider's admin is not one of this API, unless its roles are asked for
	}
	verification := auth.Config{
		Issuer: c.Issuer, Suffix: c.suffix, Audience: c.Audience, Profile: profile, Clients: c.Clients, RequiredClaims: c.RequiredClaims,
		ScopesClaim: c.ScopesClaim, RolesClaim: roles, ScopePrefix: c.ScopePrefix, DiscoveryURL: c.DiscoveryURL,
		Tenants: c.Tenants, MaxTokenSize: int(c.MaxTokenSize), Leeway: c.ClockSkew, CacheSize: cache, Log: log,
	}
	for _, g := range c.groups() {
		g.verify(&verification)
	}
	return verification
}

// Public reports whether other machines reach the API: PUBLIC_URL or ADDR is not on loopback.
func (c *Config) Public() bool {
	host, _, err := net.SplitHostPort(c.Addr)
	u, errURL := url.Parse(c.PublicURL)
	return err != nil || errURL != nil || !auth.Loopback(host) || !auth.Loopback(u.Hostname())
}

// ResourceMismatch returns what is wrong, and how to fix it, if no audience is PUBLIC_URL, which the metadata names as
// the resource (RFC 9728, section 3.3). Clients then get tokens that are rejected, unless the provider maps one to
// the other.
func (c *Config) ResourceMismatch() (wrong, fix string) {
	if len(c.Audience) == 0 || slices.Contains(c.Audience, c.PublicURL) {
		return "", ""
	}
	wrong = fmt.Sprintf("clients that read the metadata ask for tokens for the resource %s (PUBLIC_URL), which is not in OIDC_AUDIENCE", c.PublicURL)
	fix = fmt.Sprintf("At the provider, map the resource %s to the audience %s; or let it write %[1]s into aud, and add that to OIDC_AUDIENCE.",
		c.PublicURL, strings.Join(c.Audience, " or "))
	return wrong, fix
}

// Logger returns the logger of the program.
func (c *Config) Logger(out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(out, options))
	}
	return slog.New(slog.NewJSONHandler(out, options))
}

// LocalAddr returns the address at which this machine reaches a server that listens on addr: loopback,
// if the server listens on every interface.
func LocalAddr(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port), nil
}

// Version returns the version that this program was built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
