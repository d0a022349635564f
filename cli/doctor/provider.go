package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
)

// A metadata is the part of the provider's metadata that is checked (OpenID Connect Discovery, section 3;
// RFC 8414, section 2).
type metadata struct {
	Issuer        string   `json:"issuer"`
	KeySet        string   `json:"jwks_uri"`
	Authorization string   `json:"authorization_endpoint"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	Challenges    []string `json:"code_challenge_methods_supported"`
}

// provider checks the issuer and what it publishes.
func (r *report) provider(ctx context.Context) {
	const check, remedy = "OIDC_ISSUER", "Start the provider, or set this to the URL below which it publishes its metadata; if that is not the issuer, set OIDC_DISCOVERY_URL."
	address := r.Discovery()
	reply, err := r.get(ctx, address)
	var m metadata
	switch {
	case err != nil:
		r.fail(check, remedy, "%v", err)
		return
	case json.Unmarshal(reply.body, &m) != nil:
		r.fail(check, remedy, "%s is not the metadata of a provider", address)
		return
	case m.Issuer != r.Issuer:
		r.fail(check, cli.IssuerAdvice(r.Issuer, m.Issuer), "the provider's metadata names the issuer %q", m.Issuer)
	default:
		r.ok(check, "%s responds, and its metadata names the same issuer", r.Issuer)
	}
	r.clock(reply)
	r.keys(ctx, &m)
	r.introspection(ctx, reply.body) // part:introspection
	if r.Docs != config.DocsOff {
		r.signIn(ctx, &m)
	}
}

// clock compares this machine's clock with the provider's Date header (RFC 9110, section 6.6.1), which has
// whole seconds. A cache may have stored it for Age seconds.
func (r *report) clock(reply *reply) {
	date, err := http.ParseTime(reply.header.Get("Date"))
	if err != nil {
		r.warn("clock", "Compare the clocks yourself.", "the provider sends no Date")
		return
	}
	age, _ := strconv.Atoi(reply.header.Get("Age"))
	ahead := reply.at.Sub(date.Add(time.Duration(age) * time.Second)).Round(time.Second)
	distance, side := ahead.Abs(), "ahead of"
	if ahead < 0 {
		side = "behind"
	}
	switch {
	case distance <= 2*time.Second:
		r.ok("clock", "it is within 2s of the provider's")
	case distance <= r.ClockSkew:
		r.warn("clock", "Set both by NTP.", "it is %s %s the provider's; CLOCK_SKEW, %s, still covers that", distance, side, r.ClockSkew)
	default:
		r.fail("clock", "Set both by NTP.", "it is %s %s the provider's, and CLOCK_SKEW is %s", distance, side, r.ClockSkew)
	}
}

// signIn checks that Swagger UI and the command token can sign users in.
func (r *report) signIn(ctx context.Context, m *metadata) {
	const check = "sign-in"
	if auth.CheckEndpoint(m.Authorization) == nil && config.CheckPublicURL(r.PublicURL) == nil {
		defer r.authorization(ctx, m)
	}
	switch err := auth.CheckEndpoint(m.Authorization); {
	case m.Authorization == "":
		r.warn(check, "Set DOCS=off, or let the provider sign users in.", "the provider has no authorization_endpoint")
	case err != nil:
		r.fail(check, "Correct it at the provider.", "authorization_endpoint: %v", err)
	case !slices.Contains(m.Challenges, "S256"):
		r.warn(check, "Allow PKCE for the client of the documentation, unless only the metadata lacks it.", "the provider's metadata does not name PKCE with S256")
	default:
		r.ok(check, "by authorization code and PKCE with S256")
	}
}

// A reply is a response of status 200 that was read to its end.
type reply struct {
	header http.Header
	body   []byte
	at     time.Time // when its header arrived
}

// get requests an address, and returns the reply or why there is none.
func (r *report) get(ctx context.Context, address string) (*reply, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := r.console.HTTPClient().Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s does not respond: %w", address, errors.Unwrap(err)) // which repeats the address
	}
	defer response.Body.Close()
	at, location := r.console.Now(), response.Header.Get("Location")
	switch {
	case response.StatusCode == http.StatusOK:
	case location != "":
		return nil, fmt.Errorf("%s returns %d and points to %q", address, response.StatusCode, location)
	default:
		return nil, fmt.Errorf("%s returns %d", address, response.StatusCode)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	return &reply{response.Header, body, at}, nil
}
