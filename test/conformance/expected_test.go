package conformance

import (
	"fmt"
	"strings"
)

const metadataParameter = `resource_metadata="` + publicURL + `/.well-known/oauth-protected-resource"`

// An expectation is what a problem code stands for on the wire.
type expectation struct {
	status    int
	challenge string
}

// expectations repeat the registry to the letter. A code may be followed by what the route requires;
// codes with a space or without a problem are names of this package.
var expectations = map[string]expectation{
	"":                          {200, ""},
	"credentials-missing":       {401, `Bearer realm="gatehouse", ` + metadataParameter},
	"credentials-missing read":  {401, `Bearer realm="gatehouse", scope="items:read", ` + metadataParameter},
	"credentials-missing write": {401, `Bearer realm="gatehouse", scope="items:write", ` + metadataParameter},
	"scheme-unsupported":        {401, `Bearer realm="gatehouse", ` + metadataParameter},
	"scheme-unsupported read":   {401, `Bearer realm="gatehouse", scope="items:read", ` + metadataParameter},
	"credentials-malformed":     {400, challenge("invalid_request", "The Authorization header is malformed.", "")},
	"credentials-multiple":      {400, challenge("invalid_request", "Credentials were sent more than once.", "")},
	"credentials-too-large":     {400, challenge("invalid_request", "The access token is too large.", "")},
	"token-malformed":           {401, challenge("invalid_token", "The access token is malformed.", "")},
	"token-encrypted":           {401, challenge("invalid_token", "Encrypted access tokens are not accepted.", "")},
	"algorithm-not-allowed":     {401, challenge("invalid_token", "The token algorithm is not allowed.", "")},
	"key-unknown":               {401, challenge("invalid_token", "The signing key is not known.", "")},
	"signature-invalid":         {401, challenge("invalid_token", "The token signature is invalid.", "")},
	"token-type-wrong":          {401, challenge("invalid_token", "This is not an access token.", "")},
	"issuer-wrong":              {401, challenge("invalid_token", "The token issuer is not trusted.", "")},
	"audience-wrong":            {401, challenge("invalid_token", "The token is not intended for this API.", "")},
	"token-expired":             {401, challenge("invalid_token", "The access token expired.", "")},
	"token-not-yet-valid":       {401, challenge("invalid_token", "The access token is not valid yet.", "")},
	"claim-missing":             {401, challenge("invalid_token", "A required claim is missing.", "")},
	"claim-invalid":             {401, challenge("invalid_token", "A claim is invalid.", "")},
	"binding-invalid":           {401, challenge("invalid_token", "The token is bound to another key.", "")},
	"token-invalid":             {401, challenge("invalid_token", "The access token is invalid.", "")},
	"scope-insufficient read":   {403, challenge("insufficient_scope", "The token lacks a required scope.", `scope="items:read", `)},
	"scope-insufficient write":  {403, challenge("insufficient_scope", "The token lacks a required scope.", `scope="items:write", `)},
	"step-up-required acr":      {401, challenge("insufficient_user_authentication", "A stronger or fresher sign-in is required.", `acr_values="gold silver", `)},
	"step-up-required age":      {401, challenge("insufficient_user_authentication", "A stronger or fresher sign-in is required.", `max_age="300", `)},
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

func challenge(code, description, more string) string {
	return fmt.Sprintf(`Bearer realm="gatehouse", error="%s", error_description="%s", %s%s`, code, description, more, metadataParameter)
}

// compare reports how a response differs from the expectation of a code.
func (r response) compare(code string) error {
	want, known := expectations[code]
	if !known {
		return fmt.Errorf("the test names %q, which has no expectation", code)
	}
	got := expectation{r.status, strings.Join(r.header["Www-Authenticate"], "\n")}
	if got != want {
		return fmt.Errorf("got %+v (%.300s), want %+v", got, r.body, want)
	}
	name, _, _ := strings.Cut(code, " ")
	if found := r.member("code"); len(r.body) > 0 && r.isProblem() && found != name {
		return fmt.Errorf("got code %q, want %q", found, name)
	}
	return nil
}
