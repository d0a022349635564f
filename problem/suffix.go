package problem

import "regexp"

// issuerVariable is the name of a variable that there is for each issuer.
var issuerVariable = regexp.MustCompile(`\b(OIDC_(ISSUER|AUDIENCE|CLIENTS|DISCOVERY_URL|TENANTS|AUTHORIZE_PARAMS)|TOKEN_PROFILE|` +
	`ROLES_CLAIM|SCOPES_CLAIM|SCOPE_PREFIX|REQUIRED_CLAIMS|MAX_TOKEN_SIZE|DOCS_CLIENT_ID|INTROSPECTION(_URL|_CLIENT_ID|_CLIENT_SECRET|_CACHE)?|TOKEN_CLIENT_ID|TOKEN_CLIENT_SECRET)(?P<file>_FILE)?\b`)

// Suffixed returns a text in which the variables of an issuer have its suffix: OIDC_CLIENTS_2 in place of OIDC_CLIENTS,
// and TOKEN_CLIENT_SECRET_2_FILE.
func Suffixed(text, suffix string) string {
	if suffix == "" {
		return text
	}
	return issuerVariable.ReplaceAllString(text, "${1}"+suffix+"${file}")
}
