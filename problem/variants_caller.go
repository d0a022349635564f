package problem

// The variants about what a caller may do, and about authentication as a whole.
var (
	ScopesAbsent = ScopeInsufficient.variant("none",
		"The token has no scopes, and this operation requires {scopes}.",
		"Ask for {scopes} in the scope parameter of the authorization or token request. If the client did, the provider must allow it this scope.",
		Cause{Line: "GET /items", Token: `{"claims": {"scope": null}}`})
	ScopesLacking = ScopeInsufficient.variant("missing",
		"The token lacks the scope {scopes}.",
		"Ask for every scope of required_scopes in the authorization or token request. If the client did, the user or the provider did not grant it.",
		Cause{Line: "GET /items", Token: `{"claims": {"scope": "items:write"}}`})
	ScopesJoined = ScopeInsufficient.variant("comma",
		"The scopes of the token are joined by commas, and must be separated by spaces.",
		"Let the provider write scopes with spaces between them, and the client ask for them in that form.",
		Cause{Line: "GET /items", Token: `{"claims": {"scope": "items:read,items:write"}}`}).by(Provider)
	ScopesPrefixed = ScopeInsufficient.variant("prefix",
		"The token has the scope {scopes} with a prefix that this API does not cut off.",
		"The operator of the API must set SCOPE_PREFIX to what the provider writes before its scopes.",
		Cause{Line: "GET /items", Token: `{"claims": {"scope": "shop.items:read"}}`}).by(Operator)
	ScopesCase = ScopeInsufficient.variant("case",
		"The token has the scope {scopes} in other upper and lower case.",
		"Ask for {scopes} in this spelling: scopes are case-sensitive. If the client did, the provider must write it that way.",
		Cause{Line: "GET /items", Token: `{"claims": {"scope": "Items:Read"}}`})
	ScopesElsewhere = ScopeInsufficient.variant("another-claim",
		"The token has the scope {scopes} in {claim}, which this API does not read.",
		"The operator of the API must set SCOPES_CLAIM={claim}, or TOKEN_PROFILE to that of the provider.",
		Cause{Line: "GET /items", Token: `{"claims": {"scope": null, "permissions": ["items:read"]}}`}).by(Operator)

	RolesAbsent = AccessDenied.variant("none",
		"The token has no roles, and this operation requires the role {roles}.",
		"Ask an administrator for the role. If the user has it, the provider must write roles into access tokens.",
		Cause{Line: "GET /admin/items", Token: `{"claims": {"scope": "items:read", "roles": null}}`})
	RolesLacking = AccessDenied.variant("missing",
		"The caller lacks the role {roles}.",
		"Ask an administrator for the role, and sign in again: a token has the roles of the time when it was issued.",
		Cause{Line: "GET /admin/items", Token: `{"claims": {"scope": "items:read", "roles": ["reader"]}}`})
	RolesCase = AccessDenied.variant("case",
		"The token has the role {roles} in other upper and lower case.",
		"The provider must write the role in this spelling: roles are case-sensitive.",
		Cause{Line: "GET /admin/items", Token: `{"claims": {"scope": "items:read", "roles": ["Admin"]}}`}).by(Provider)
	RolesElsewhere = AccessDenied.variant("another-claim",
		"The token has the role {roles} in {claim}, which this API does not read.",
		"The operator of the API must set ROLES_CLAIM={claim}, or TOKEN_PROFILE to that of the provider.",
		Cause{Line: "GET /admin/items", Token: `{"claims": {"scope": "items:read", "roles": null, "groups": ["admin"]}}`}).by(Operator)

	SignInWeak = StepUpRequired.variant("acr",
		"The sign-in is of another class (acr) than this operation requires.",
		"Send a new authorization request with the acr_values of this response. If the user signed in that way, the provider must write acr into access tokens.",
		while("an operation requires a class of sign-in"))
	SignInOld = StepUpRequired.variant("max-age",
		"The sign-in is older than this operation allows.",
		"Send a new authorization request with the max_age of this response.",
		while("an operation requires a sign-in of the last minutes"))
	SignInUnknown = StepUpRequired.variant("no-auth-time",
		"The token does not say when its user signed in (auth_time), and this operation requires a recent sign-in.",
		"Send a new authorization request with the max_age of this response. If that does not help, the provider must write auth_time into access tokens.",
		while("an operation requires a recent sign-in, and the token has no auth_time")).by(Provider)

	Throttled = TooManyFailures.variant("wait",
		"Too many forged or malformed tokens came from this address. The next one is read in {wait} seconds.",
		"Wait {wait} seconds, and fix the cause of the earlier rejections: a new token is accepted at once if it is genuine.",
		while("FAILURE_LIMIT is reached"))

	KeysNotFetched = AuthUnavailable.variant("no-keys",
		"The keys of the provider could not be fetched, so that the token was not checked.",
		"Retry after {wait} seconds with the same token. If this stays, the operator of the API must look at the provider and at /readyz.",
		while("the provider does not respond"))
	KeysOld = AuthUnavailable.variant("old-keys",
		"The keys of the provider are too old, and could not be fetched again, so that the token was not checked.",
		"Retry after {wait} seconds with the same token. If this stays, the operator of the API must look at the provider and at /readyz.",
		while("the provider has not responded for an hour"))
	KeyNotFetched = AuthUnavailable.variant("new-key",
		"The token has a key that this API does not know, and the keys of the provider could not be fetched again.",
		"Retry after {wait} seconds with the same token. If this stays, the operator of the API must look at the provider and at /readyz.",
		while("the provider does not respond, and the token has a new key"))
	NoUserInfo = AuthUnavailable.variant("userinfo",
		"The provider did not return what it knows of the user (userinfo). The token is valid.",
		"Retry after {wait} seconds with the same token. If this stays, the operator of the API must look at the provider and at the log.",
		while("the userinfo endpoint of the provider does not respond"))
	ProviderOther = AuthUnavailable.variant("another-issuer",
		"The metadata of the provider names another issuer than {issuer}, so that no token can be checked.",
		"The operator of the API must set OIDC_ISSUER exactly as the provider writes it: /readyz has the advice.",
		while("OIDC_ISSUER is not the issuer in the provider's metadata")).by(Operator)
)
