package conformance

import (
	"fmt"
	"regexp"
	"strings"
)

const metadataParameter = `resource_metadata="` + publicURL + `/.well-known/oauth-protected-resource"`

// An expectation is what a problem code stands for on the wire.
type expectation struct {
	status    int
	challenge string
}

// expectations are what codes stand for. A code may be followed by what the route requires;
// codes with a space or without a problem are names of this package.
var expectations = map[string]expectation{
	"":                          {200, ""},
	"credentials-missing":       {401, `Bearer realm="gatehouse", ` + metadataParameter},
	"credentials-missing read":  {401, `Bearer realm="gatehouse", scope="items:read", ` + metadataParameter},
	"credentials-missing write": {401, `Bearer realm="gatehouse", scope="items:write", ` + metadataParameter},
	"scheme-unsupported":        {401, `Bearer realm="gatehouse", ` + metadataParameter},
	"scheme-unsupported read":   {401, `Bearer realm="gatehouse", scope="items:read", ` + metadataParameter},
	"credentials-malformed":     {400, challenge("invalid_request", "")},
	"credentials-multiple":      {400, challenge("invalid_request", "")},
	"credentials-too-large":     {400, challenge("invalid_request", "")},
	"token-malformed":           {401, challenge("invalid_token", "")},
	"token-encrypted":           {401, challenge("invalid_token", "")},
	"algorithm-not-allowed":     {401, challenge("invalid_token", "")},
	"key-unknown":               {401, challenge("invalid_token", "")},
	"signature-invalid":         {401, challenge("invalid_token", "")},
	"token-type-wrong":          {401, challenge("invalid_token", "")},
	"issuer-wrong":              {401, challenge("invalid_token", "")},
	"audience-wrong":            {401, challenge("invalid_token", "")},
	"token-expired":             {401, challenge("invalid_token", "")},
	"token-not-yet-valid":       {401, challenge("invalid_token", "")},
	"claim-missing":             {401, challenge("invalid_token", "")},
	"claim-invalid":             {401, challenge("invalid_token", "")},
	"binding-invalid":           {401, challenge("invalid_token", "")},
	"token-invalid":             {401, challenge("invalid_token", "")},
	"scope-insufficient read":   {403, challenge("insufficient_scope", `scope="items:read", `)},
	"scope-insufficient write":  {403, challenge("insufficient_scope", `scope="items:write", `)},
	"step-up-required acr":      {401, challenge("insufficient_user_authentication", `acr_values="gold silver", `)},
	"step-up-required age":      {401, challenge("insufficient_user_authentication", `max_age="300", `)},
	"access-denied":             {403, ""},
	"auth-unavailable":          {503, ""},
	"too-many-failures":         {429, ""},
	"not-found":                 {404, ""},
	"method-not-allowed":        {405, ""},
	"internal":                  {500, ""},
	"parameter-invalid":         {400, ""},
	"body-malformed":            {400, ""},
	"media-type-unsupported":    {415, ""},
	"body-too-large":            {413, ""},
	"validation-failed":         {422, ""},
	"net/http 400":              {400, ""},
	"net/http 431":              {431, ""},
	"preflight":                 {204, ""},
	"created":                   {201, ""},
}

// challenge returns a challenge whose description is left out: it is the detail of the body, which has variants.
func challenge(code, more string) string {
	return fmt.Sprintf(`Bearer realm="gatehouse", error="%s", error_description="", %s%s`, code, more, metadataParameter)
}

var description = regexp.MustCompile(`error_description="([^"\\]*)"`)

// compare reports how a response differs from the expectation of a code.
func (r response) compare(code string) error {
	want, known := expectations[code]
	if !known {
		return fmt.Errorf("the test names %q, which has no expectation", code)
	}
	sent := strings.Join(r.header["Www-Authenticate"], "\n")
	if said := description.FindStringSubmatch(sent); said != nil && r.isProblem() && len(r.body) > 0 && said[1] != r.member("detail") {
		return fmt.Errorf("the challenge says %q, and the body %.300s", said[1], r.body)
	}
	got := expectation{r.status, description.ReplaceAllString(sent, `error_description=""`)}
	if got != want {
		return fmt.Errorf("got %+v (%.300s), want %+v", got, r.body, want)
	}
	name, _, _ := strings.Cut(code, " ")
	if found := r.member("code"); len(r.body) > 0 && r.isProblem() && found != name {
		return fmt.Errorf("got code %q, want %q", found, name)
	}
	return nil
}
