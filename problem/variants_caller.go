package problem

// The variants about what a caller may do, and about authentication as a whole.
var (
	ScopesAbsent = ScopeInsufficient.variant("none", Cause{Line: "GET /items", Token: `{"claims": {"scope": null}}`},
		"The token has no scopes, and this operation requires {scopes}.",
		"Ask for {scopes} in the scope parameter of the authorization or token request. If the client did, the provider must allow it this scope.")
	ScopesLacking = ScopeInsufficient.variant("missing", Cause{Line: "GET /items", Token: `{"claims": {"scope": "items:write"}}`},
		"The token lacks the scope {scopes}.",
		"Ask for every scope of required_scopes in the authorization or token request. If the client did, the user or the provider did not grant it.")
	ScopesJoined = ScopeInsufficient.variant("comma", Cause{Line: "GET /items", Token: `{"claims": {"scope": "items:read,items:write"}}`},
		"The scopes of the token are joined by something else than spaces, such as commas, or are in quotes.",
		"Let the provider write scopes with spaces between them, and the client ask for them in that form.").by(Provider)
	ScopesPrefixed = ScopeInsufficient.variant("prefix", Cause{Line: "GET /items", Token: `{"claims": {"scope": "shop.items:read"}}`},
		"The token has the scope {scopes} with a prefix that this API does not cut off.",
		"The operator of the API must set SCOPE_PREFIX to what the provider writes before its scopes.").by(Operator)
	ScopesCase = ScopeInsufficient.variant("case", Cause{Line: "GET /items", Token: `{"claims": {"scope": "Items:Read"}}`},
		"The token has the scope {scopes} in other upper and lower case.",
		"Ask for {scopes} in this spelling: scopes are case-sensitive. If the client did, the provider must write it that way.")
	ScopesElsewhere = ScopeInsufficient.variant("another-claim", Cause{Line: "GET /items", Token: `{"claims": {"scope": null, "permissions": ["items:read"]}}`},
		"The token has the scope {scopes} in {claim}, which this API does not read.",
		"The operator of the API must set SCOPES_CLAIM={claim}, or TOKEN_PROFILE to that of the provider.").by(Operator)

	RolesAbsent = AccessDenied.variant("none", Cause{Line: "GET /admin/items", Token: `{"claims": {"scope": "items:read", "roles": null}}`},
		"The token has no roles, and this operation requires the role {roles}.",
		"Ask an administrator for the role. If the user has it, the provider must write roles into access tokens.")
	RolesLacking = AccessDenied.variant("missing", Cause{Line: "GET /admin/items", Token: `{"claims": {"scope": "items:read", "roles": ["reader"]}}`},
		"The caller lacks the role {roles}.",
		"Ask an administrator for the role, and sign in again: a token has the roles of the time when it was issued.")
	RolesCase = AccessDenied.variant("case", Cause{Line: "GET /admin/items", Token: `{"claims": {"scope": "items:read", "roles": ["Admin"]}}`},
		"The token has the role {roles} in another spelling: in other upper and lower case, after ROLE_ or a slash, or joined with others.",
		"The provider must write the role in this spelling, as a member of a list: roles are case-sensitive.").by(Provider)
	RolesElsewhere = AccessDenied.variant("another-claim", Cause{Line: "GET /admin/items", Token: `{"claims": {"scope": "items:read", "roles": null, "groups": ["admin"]}}`},
		"The token has the role {roles} in {claim}, which this API does not read.",
		"The operator of the API must set ROLES_CLAIM={claim}, or TOKEN_PROFILE to that of the provider.").by(Operator)

	SignInWeak = StepUpRequired.variant("acr", while("an operation requires a class of sign-in"),
		"The sign-in is of another class (acr) than this operation requires.",
		"Send a new authorization request with the acr_values of this response. If the user signed in that way, the provider must write acr into access tokens.")
	SignInOld = StepUpRequired.variant("max-age", while("an operation requires a sign-in of the last minutes"),
		"The sign-in is older than this operation allows.",
		"Send a new authorization request with the max_age of this response.")
	SignInUnknown = StepUpRequired.variant("no-auth-time", while("an operation requires a recent sign-in, and the token has no auth_time"),
		"The token does not say when its user signed in (auth_time), and this operation requires a recent sign-in.",
		"Send a new authorization request with the max_age of this response. If that does not help, the provider must write auth_time into access tokens.").by(Provider)

	Throttled = TooManyFailures.variant("wait", while("FAILURE_LIMIT is reached"),
		"Too many forged or malformed tokens came from this address. The next one is read in {wait} seconds.",
		"Wait {wait} seconds, and fix the cause of the earlier rejections: a new token is accepted at once if it is genuine.")

	KeysNotFetched = AuthUnavailable.variant("no-keys", while("the provider does not respond"),
		"The keys of the provider could not be fetched, so that the token was not checked.",
		"Retry after {wait} seconds with the same token. If this stays, the operator of the API must look at the provider and at /readyz.")
	KeysOld = AuthUnavailable.variant("old-keys", while("the provider has not responded for an hour"),
		"The keys of the provider are too old, and could not be fetched again, so that the token was not checked.",
		"Retry after {wait} seconds with the same token. If this stays, the operator of the API must look at the provider and at /readyz.")
	KeyNotFetched = AuthUnavailable.variant("new-key", while("the provider does not respond, and the token has a new key"),
		"The token has a key that this API does not know, and the keys of the provider could not be fetched again.",
		"Retry after {wait} seconds with the same token. If this stays, the operator of the API must look at the provider and at /readyz.")
	NoUserInfo = AuthUnavailable.variant("userinfo", while("the userinfo endpoint of the provider does not respond"),
		"The provider did not return what it knows of the user (userinfo). The token is valid.",
		"Retry after {wait} seconds with the same token. If this stays, the operator of the API must look at the provider and at the log.")
	ProviderOther = AuthUnavailable.variant("another-issuer", while("OIDC_ISSUER is not the issuer in the provider's metadata"),
		"The metadata of the provider names another issuer than {issuer}, so that no token can be checked.",
		"The operator of the API must set OIDC_ISSUER exactly as the provider writes it: /readyz has the advice.").by(Operator)
)
