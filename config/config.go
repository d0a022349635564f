// Package config is what the environment says: every variable, read and checked once.
package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/store"
	"github.com/joho/godotenv"
)

// Name is what the API calls itself: its title, and the realm of its challenges.
const Name = "Gatehouse"

// A Config has every variable. The file .env.example describes them.
type Config struct {
	Issuer         string       // OIDC_ISSUER
	Audience       []string     // OIDC_AUDIENCE
	Addr           string       // ADDR
	PublicURL      string       // PUBLIC_URL
	TokenProfile   auth.Profile // TOKEN_PROFILE
	ClockSkew      time.Duration
	MinimalErrors  bool // ERROR_DETAIL
	Docs           DocsMode
	DocsClientID   string
	CORSOrigins    []string
	FailureLimit   int
	TrustedProxies []string
	DatabaseURL    string
	RequireIfMatch bool
	Development    bool
	MetricsAddr    string
	StopDelay      time.Duration
	LogLevel       slog.Level
	LogFormat      string
}

// A DocsMode says who may see the documentation.
type DocsMode string

// The three modes.
const (
	DocsOn        DocsMode = "on"        // everybody
	DocsOff       DocsMode = "off"       // nobody: there is nothing at its addresses, as with none of the three
	DocsProtected DocsMode = "protected" // callers with a token
)

// Environment returns a look-up of variables: those of the process, and behind them those of a
// file, which need not be there.
func Environment(file string) (func(string) string, error) {
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

// Read reads the configuration, or says everything that is wrong with it, by variable.
func Read(getenv func(string) string) (*Config, error) {
	r := &reader{getenv: getenv}
	c := &Config{
		Issuer:         r.required("OIDC_ISSUER", "the issuer, exactly as your provider writes it; to try the API without one, use make run"),
		Audience:       r.list("OIDC_AUDIENCE"),
		Addr:           r.text("ADDR", ":8080"),
		ClockSkew:      r.duration("CLOCK_SKEW", 30*time.Second, auth.MaxLeeway),
		MinimalErrors:  r.choice("ERROR_DETAIL", "standard", "minimal") == "minimal",
		Docs:           DocsMode(r.choice("DOCS", "on", "off", "protected")),
		DocsClientID:   r.text("DOCS_CLIENT_ID", "docs"),
		CORSOrigins:    r.list("CORS_ORIGINS"),
		FailureLimit:   r.number("FAILURE_LIMIT", 600),
		TrustedProxies: r.list("TRUSTED_PROXIES"),
		DatabaseURL:    r.text("DATABASE_URL", "sqlite:items.db"),
		RequireIfMatch: r.choice("REQUIRE_IF_MATCH", "false", "true") == "true",
		Development:    r.choice("DEVELOPMENT", "false", "true") == "true",
		MetricsAddr:    r.text("METRICS_ADDR", ""),
		StopDelay:      r.duration("STOP_DELAY", 3*time.Second, time.Minute),
		LogFormat:      r.choice("LOG_FORMAT", "json", "text"),
	}
	if c.Issuer != "" {
		r.check("OIDC_ISSUER", auth.CheckURL(c.Issuer))
	}
	if len(c.Audience) == 0 {
		r.check("OIDC_AUDIENCE", errors.New("not set: what your provider writes into the aud of tokens for this API; several are separated by commas"))
	}
	c.PublicURL = r.text("PUBLIC_URL", strings.TrimSuffix("http://localhost:"+r.port("ADDR", c.Addr), ":80"))
	r.check("PUBLIC_URL", CheckOrigin(c.PublicURL))
	r.check("DATABASE_URL", store.CheckAddress(c.DatabaseURL))
	if c.MetricsAddr != "" {
		r.port("METRICS_ADDR", c.MetricsAddr)
	}
	for _, origin := range c.CORSOrigins {
		r.check("CORS_ORIGINS", CheckOrigin(origin))
	}
	for _, proxy := range c.TrustedProxies {
		r.check("TRUSTED_PROXIES", checkNetwork(proxy))
	}
	var err error
	c.TokenProfile, err = auth.ProfileByName(r.text("TOKEN_PROFILE", "rfc9068"))
	r.check("TOKEN_PROFILE", err)
	r.check("LOG_LEVEL", c.LogLevel.UnmarshalText([]byte(r.text("LOG_LEVEL", "info"))))
	return c, errors.Join(r.wrong...)
}

// CheckOrigin reports what is wrong with an origin: a scheme, a host, perhaps a port, and nothing
// else, as browsers write it (RFC 6454, section 6.2).
func CheckOrigin(origin string) error {
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

// Verification returns which tokens are accepted.
func (c *Config) Verification(log *slog.Logger) auth.Config {
	return auth.Config{Issuer: c.Issuer, Audience: c.Audience, Profile: c.TokenProfile, Leeway: c.ClockSkew, Log: log}
}

// Logger returns the logger of the program.
func (c *Config) Logger(out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(out, options))
	}
	return slog.New(slog.NewJSONHandler(out, options))
}

// Version returns the version that this program was built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
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

// exportVariables puts what a file says to OpenTelemetry into the environment of the process, the one
// place where its SDK looks. Variables of the process win.
func exportVariables(file map[string]string) error {
	var failed []error
	for name, value := range file {
		if _, found := os.LookupEnv(name); strings.HasPrefix(name, "OTEL_") && !found {
			failed = append(failed, os.Setenv(name, value))
		}
	}
	return errors.Join(failed...)
}
