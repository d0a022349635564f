package doctor

import (
	"cmp"
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
	"example.com/gatehouse/config"
)

// A metadata is what a provider says of itself, as far as it is looked at (OpenID Connect Discovery,
// section 3; RFC 8414, section 2).
type metadata struct {
	Issuer        string   `json:"issuer"`
	KeySet        string   `json:"jwks_uri"`
	Authorization string   `json:"authorization_endpoint"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	Challenges    []string `json:"code_challenge_methods_supported"`
}

// provider judges the issuer and what it publishes.
func (e *examination) provider(ctx context.Context) {
	const check = "OIDC_ISSUER"
	address := strings.TrimSuffix(e.Issuer, "/") + "/.well-known/openid-configuration"
	answer, err := e.get(ctx, address)
	var m metadata
	switch {
	case err != nil:
		e.found(failure, check, "Start the provider, or correct the address.", "%s does not answer: %v", address, err)
		return
	case answer.status != http.StatusOK:
		e.found(failure, check, "Set it to the address below which the provider has its metadata.", "%s answers %d%s", address, answer.status, answer.elsewhere())
		return
	case json.Unmarshal(answer.body, &m) != nil:
		e.found(failure, check, "Set it to the address below which the provider has its metadata.", "%s is not the metadata of a provider", address)
		return
	case m.Issuer != e.Issuer:
		advice := cmp.Or(auth.CompareIssuers(e.Issuer, m.Issuer), "Set it exactly as the provider writes it.")
		e.found(failure, check, advice, "the provider calls itself %q", m.Issuer)
	default:
		e.ok(check, "%s answers, and calls itself so", e.Issuer)
	}
	e.clock(answer)
	e.keys(ctx, &m)
	if e.Docs != config.DocsOff {
		e.signIn(&m)
	}
}

// clock compares this machine's clock with the provider's Date header (RFC 9110, section 6.6.1). It
// has whole seconds, and a cache may have kept it for Age seconds.
func (e *examination) clock(a *answer) {
	date, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		e.found(warning, "clock", "Compare the clocks yourself.", "the provider sends no Date")
		return
	}
	age, _ := strconv.Atoi(a.header.Get("Age"))
	ahead := a.at.Sub(date.Add(time.Duration(age) * time.Second)).Round(time.Second)
	distance, side := ahead, "ahead of"
	if ahead < 0 {
		distance, side = -ahead, "behind"
	}
	switch {
	case distance <= 2*time.Second:
		e.ok("clock", "it is within 2s of the provider's")
	case distance <= e.ClockSkew:
		e.found(warning, "clock", "Set both by NTP.", "it is %s %s the provider's; CLOCK_SKEW, %s, still covers that", distance, side, e.ClockSkew)
	default:
		e.found(failure, "clock", "Set both by NTP.", "it is %s %s the provider's, and CLOCK_SKEW is %s", distance, side, e.ClockSkew)
	}
}

// signIn judges whether Swagger UI and the command token can sign somebody in.
func (e *examination) signIn(m *metadata) {
	const check = "sign-in"
	switch err := auth.CheckEndpoint(m.Authorization); {
	case m.Authorization == "":
		e.found(warning, check, "Set DOCS=off, or let the provider sign users in.", "the provider has no authorization_endpoint")
	case err != nil:
		e.found(failure, check, "Correct it at the provider.", "authorization_endpoint: %v", err)
	case !slices.Contains(m.Challenges, "S256"):
		e.found(warning, check, "Allow PKCE for the client of the documentation, unless the provider only forgot to say so.", "the provider does not say that it knows PKCE with S256")
	default:
		e.ok(check, "by authorization code and PKCE with S256")
	}
}

// An answer is what was fetched.
type answer struct {
	status int
	header http.Header
	body   []byte
	at     time.Time // when its header arrived
}

// elsewhere names the address that an answer points to, which is not gone to.
func (a *answer) elsewhere() string {
	if location := a.header.Get("Location"); location != "" {
		return fmt.Sprintf(" and points to %q", location)
	}
	return ""
}

func (e *examination) get(ctx context.Context, address string) (*answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := e.console.HTTPClient().Do(request)
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return nil, wrapped.Err // the address is known
	}
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	at := e.console.Now()
	body, err := io.ReadAll(response.Body)
	return &answer{response.StatusCode, response.Header, body, at}, err
}
