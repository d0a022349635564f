package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
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
	const check = "OIDC_ISSUER"
	address := strings.TrimSuffix(r.Issuer, "/") + "/.well-known/openid-configuration"
	reply, err := r.get(ctx, address)
	var m metadata
	switch {
	case err != nil:
		r.fail(check, "Start the provider, or correct the URL.", "%s does not respond: %v", address, err)
		return
	case reply.status != http.StatusOK:
		r.fail(check, "Set it to the URL below which the provider publishes its metadata.", "%s returns %d%s", address, reply.status, reply.redirect())
		return
	case json.Unmarshal(reply.body, &m) != nil:
		r.fail(check, "Set it to the URL below which the provider publishes its metadata.", "%s is not the metadata of a provider", address)
		return
	case m.Issuer != r.Issuer:
		r.fail(check, cli.IssuerAdvice(r.Issuer, m.Issuer), "the provider's metadata names the issuer %q", m.Issuer)
	default:
		r.ok(check, "%s responds, and its metadata names the same issuer", r.Issuer)
	}
	r.clock(reply)
	r.keys(ctx, &m)
	if r.Docs != config.DocsOff {
		r.signIn(&m)
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
	distance, side := ahead, "ahead of"
	if ahead < 0 {
		distance, side = -ahead, "behind"
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
func (r *report) signIn(m *metadata) {
	const check = "sign-in"
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

// A reply is a response that was read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte
	at     time.Time // when its header arrived
}

// redirect names the address that the reply points to, if any.
func (r *reply) redirect() string {
	if location := r.header.Get("Location"); location != "" {
		return fmt.Sprintf(" and points to %q", location)
	}
	return ""
}

func (r *report) get(ctx context.Context, address string) (*reply, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := r.console.HTTPClient().Do(request)
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return nil, wrapped.Err // without the address, which is in the result
	}
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	at := r.console.Now()
	body, err := io.ReadAll(response.Body)
	return &reply{response.StatusCode, response.Header, body, at}, err
}
