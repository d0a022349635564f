package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/store"
	"github.com/joho/godotenv"
)

// name is what the API calls itself: its title, and the realm of its challenges.
const name = "Gatehouse"

// A config is what the environment says. The file .env.example describes every variable.
type config struct {
	issuer    string
	audience  []string
	addr      string
	origin    string // PUBLIC_URL
	profile   auth.Profile
	skew      time.Duration
	minimal   bool // ERROR_DETAIL
	docs      handlers.DocsMode
	clientID  string
	origins   []string // CORS_ORIGINS
	failures  int      // FAILURE_LIMIT
	proxies   []string // TRUSTED_PROXIES
	database  string   // DATABASE_URL
	ifMatch   bool     // REQUIRE_IF_MATCH
	developer bool     // DEVELOPMENT
	metrics   string   // METRICS_ADDR
	stopDelay time.Duration
	logLevel  slog.Level
	logFormat string
}

// environment returns a look-up of variables: those of the process, and behind them those of a
// file, which need not be there.
func environment(file string) (func(string) string, error) {
	values, err := godotenv.Read(file)
	if _, ok := errors.AsType[*fs.PathError](err); err != nil && !ok {
		return nil, fmt.Errorf("%s: a line is not NAME=value", file) // godotenv would print the rest of the file
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := exportVariables(values); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return func(name string) string {
		if value, ok := os.LookupEnv(name); ok {
			return value
		}
		return values[name]
	}, nil
}

// readConfig reads the configuration, or says everything that is wrong with it, by variable.
func readConfig(getenv func(string) string) (*config, error) {
	r := &reader{getenv: getenv}
	c := &config{
		issuer:    r.required("OIDC_ISSUER", "the issuer, exactly as your provider writes it; to try the API without one, use make run"),
		audience:  r.list("OIDC_AUDIENCE"),
		addr:      r.text("ADDR", ":8080"),
		skew:      r.duration("CLOCK_SKEW", 30*time.Second, auth.MaxLeeway),
		minimal:   r.choice("ERROR_DETAIL", "standard", "minimal") == "minimal",
		docs:      handlers.DocsMode(r.choice("DOCS", "on", "off", "protected")),
		clientID:  r.text("DOCS_CLIENT_ID", "docs"),
		origins:   r.list("CORS_ORIGINS"),
		failures:  r.number("FAILURE_LIMIT", 600),
		proxies:   r.list("TRUSTED_PROXIES"),
		database:  r.text("DATABASE_URL", "sqlite:items.db"),
		ifMatch:   r.choice("REQUIRE_IF_MATCH", "false", "true") == "true",
		developer: r.choice("DEVELOPMENT", "false", "true") == "true",
		metrics:   r.text("METRICS_ADDR", ""),
		stopDelay: r.duration("STOP_DELAY", 3*time.Second, time.Minute),
		logFormat: r.choice("LOG_FORMAT", "json", "text"),
	}
	if c.issuer != "" {
		r.check("OIDC_ISSUER", auth.CheckURL(c.issuer))
	}
	if len(c.audience) == 0 {
		r.check("OIDC_AUDIENCE", errors.New("not set: what your provider writes into the aud of tokens for this API; several are separated by commas"))
	}
	c.origin = r.text("PUBLIC_URL", strings.TrimSuffix("http://localhost:"+r.port("ADDR", c.addr), ":80"))
	r.check("PUBLIC_URL", checkOrigin(c.origin))
	r.check("DATABASE_URL", store.CheckAddress(c.database))
	if c.metrics != "" {
		r.port("METRICS_ADDR", c.metrics)
	}
	for _, origin := range c.origins {
		r.check("CORS_ORIGINS", checkOrigin(origin))
	}
	for _, proxy := range c.proxies {
		r.check("TRUSTED_PROXIES", checkNetwork(proxy))
	}
	var err error
	c.profile, err = auth.ProfileByName(r.text("TOKEN_PROFILE", "rfc9068"))
	r.check("TOKEN_PROFILE", err)
	r.check("LOG_LEVEL", c.logLevel.UnmarshalText([]byte(r.text("LOG_LEVEL", "info"))))
	return c, errors.Join(r.wrong...)
}

// checkOrigin reports what is wrong with an origin: a scheme, a host, perhaps a port, and nothing
// else, as browsers write it (RFC 6454, section 6.2).
func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Contains(origin, "*") ||
		origin != strings.ToLower(u.Scheme+"://"+u.Host) || slices.Contains([]string{"http:80", "https:443"}, u.Scheme+":"+u.Port()) {
		return fmt.Errorf("%q is not an origin such as https://api.example.com", origin)
	}
	return nil
}

// checkNetwork reports what is wrong with an address or a network.
func checkNetwork(text string) error {
	_, errAddress := netip.ParseAddr(text)
	_, errNetwork := netip.ParsePrefix(text)
	if errAddress != nil && errNetwork != nil {
		return fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8", text)
	}
	return nil
}

// verification returns which tokens are accepted.
func (c *config) verification(log *slog.Logger) auth.Config {
	return auth.Config{
		Issuer: c.issuer, Audience: c.audience, Profile: c.profile, Leeway: c.skew,
		Transport: handlers.Propagate(http.DefaultTransport), Log: log,
	}
}

// api returns what the API is made from, but for its store.
func (c *config) api(verifier *auth.Verifier, log *slog.Logger) handlers.Config {
	var hint string
	if c.developer {
		hint = "Press Authorize and pick alice, who is an admin, or bob, who is not."
	}
	var metrics *handlers.Metrics
	if c.metrics != "" {
		metrics = handlers.NewMetrics(verifier)
	}
	return handlers.Config{
		Name: name, Version: version(), Origin: c.origin, Issuer: c.issuer, Audience: c.audience,
		Verifier: verifier, Docs: c.docs, ClientID: c.clientID, RequireIfMatch: c.ifMatch,
		Origins: c.origins, FailureLimit: c.failures, TrustedProxies: c.proxies, Minimal: c.minimal,
		Development: c.developer, SignInHint: hint, Metrics: metrics, Log: log,
	}
}

func (c *config) logger(out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.logLevel}
	if c.logFormat == "text" {
		return slog.New(slog.NewTextHandler(out, options))
	}
	return slog.New(slog.NewJSONHandler(out, options))
}

// A reader reads variables and collects what is wrong with them.
type reader struct {
	getenv func(string) string
	wrong  []error
}

// check records an error about a variable.
func (r *reader) check(name string, err error) {
	if err != nil {
		r.wrong = append(r.wrong, fmt.Errorf("%s: %w", name, err))
	}
}

func (r *reader) text(name, fallback string) string {
	if value := strings.TrimSpace(r.getenv(name)); value != "" {
		return value
	}
	return fallback
}

func (r *reader) required(name, meaning string) string {
	value := r.text(name, "")
	if value == "" {
		r.check(name, fmt.Errorf("not set: %s", meaning))
	}
	return value
}

func (r *reader) list(name string) []string {
	var list []string
	for member := range strings.SplitSeq(r.getenv(name), ",") {
		if member = strings.TrimSpace(member); member != "" {
			list = append(list, member)
		}
	}
	return list
}

// choice reads one of a few values, of which the first is the default.
func (r *reader) choice(name string, values ...string) string {
	value := r.text(name, values[0])
	if !slices.Contains(values, value) {
		r.check(name, fmt.Errorf("%q is none of %s", value, strings.Join(values, ", ")))
	}
	return value
}

func (r *reader) duration(name string, fallback, most time.Duration) time.Duration {
	text := r.text(name, fallback.String())
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > most {
		r.check(name, fmt.Errorf("%q is not a duration from 0s to %s", text, most))
	}
	return d
}

// number reads a whole number that is not negative.
func (r *reader) number(name string, fallback int) int {
	text := r.text(name, strconv.Itoa(fallback))
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		r.check(name, fmt.Errorf("%q is not a whole number", text))
	}
	return n
}

// port returns the port of an address to listen on.
func (r *reader) port(name, addr string) string {
	_, port, err := net.SplitHostPort(addr)
	r.check(name, err)
	return port
}
