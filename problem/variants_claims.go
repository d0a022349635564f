package problem

// The variants about claims. But for those that say what a token looks like, the holder of a genuine token gets them.
var (
	LooksID = TokenTypeWrong.variant("looks-like-id-token", tokenWith(`{"key": "another", "header": {"typ": "JWT"}, "claims": {"nonce": "n-0S6", "at_hash": "x"}}`),
		"The token looks like an ID token, and this API accepts access tokens.",
		"Send the access_token of the token response, and not its id_token.")
	LooksRefreshSigned = TokenTypeWrong.variant("looks-like-refresh-token", tokenWith(`{"key": "another", "header": {"typ": "JWT"}, "claims": {"typ": "Refresh"}}`),
		"The token looks like a refresh token, and this API accepts access tokens.",
		"Send the access_token of the token response. A refresh token is exchanged for one at {token_endpoint}, and sent nowhere else.")
	TypeOther = TokenTypeWrong.variant("typ", tokenWith(`{"header": {"typ": "JWT"}, "claims": {"sub": 5}}`),
		"The header of the token does not say that it is an access token (typ).",
		"Send the access_token of the token response. If this is it, the operator must set TOKEN_PROFILE to how the provider writes access tokens, or let it write typ at+jwt.")
	IDToken = TokenTypeWrong.variant("id-token", tokenWith(`{"claims": {"at_hash": "x"}}`),
		"The token is an ID token: {claim} marks it as one.",
		"Send the access_token of the token response, and not its id_token.")
	IDTokenByAudience = TokenTypeWrong.variant("audience-is-client", tokenWith(`{"header": {"typ": "JWT"}, "claims": {"aud": "docs", "client_id": "docs"}}`),
		"The token is probably an ID token: its aud names its client, and it has no scope.",
		"Send the access_token of the token response, and not its id_token. If this is it, let the client ask for a scope of this API.")
	RefreshToken = TokenTypeWrong.variant("refresh-token", tokenWith(`{"claims": {"typ": "Refresh"}}`),
		"The token is a refresh token.",
		"Send the access_token of the token response. A refresh token is exchanged for one at {token_endpoint}, and sent nowhere else.")
	LogoutToken = TokenTypeWrong.variant("logout-token", tokenWith(`{"claims": {"events": {}}}`),
		"The token looks like a logout or security event token.",
		"Send the access_token of a token response.")
	ProofSent = TokenTypeWrong.variant("proof", tokenWith(`{"claims": {"htm": "GET"}}`),
		"The token looks like a DPoP proof, which is sent beside an access token.",
		"Send the access_token of a token response. This API accepts bearer tokens without a proof.")
	Unmarked = TokenTypeWrong.variant("unmarked", while("TOKEN_PROFILE is keycloak, and the token has neither typ Bearer nor a client"),
		"The token has nothing that the provider writes into access tokens.",
		"Send the access_token of the token response. If this is it, the operator must compare TOKEN_PROFILE with the provider.")
	ScopeUnmarked = TokenTypeWrong.variant("no-scope", while("TOKEN_PROFILE is spring, and the client asked for no scope"),
		"The token has no scope, which tells the access tokens of its provider from ID tokens.",
		"Send the access_token of the token response, and not its id_token. If this is it, let the client ask for a scope of this API.")
	TypeProfile = TokenTypeWrong.variant("profile", tokenWith(`{"header": {"typ": "JWT"}}`),
		"This is an access token in a form that this API is not set up to read.",
		"The operator of the API must set {settings}. The client sends the right token.").by(Operator)

	AudienceAbsent = AudienceWrong.variant("absent", tokenWith(`{"claims": {"aud": null}}`),
		"The token has no aud, and this API requires {audience}.",
		"{advice} The aud of tokens for this API is {audience}.")
	AudienceEmpty = AudienceWrong.variant("empty", tokenWith(`{"claims": {"aud": []}}`),
		"The aud of the token is empty, and this API requires {audience}.",
		"{advice} The aud of tokens for this API is {audience}.")
	AudienceOther = AudienceWrong.variant("other", tokenWith(`{"claims": {"aud": "https://other.example.com"}}`),
		"The token is for another audience than {audience}.",
		"{advice} The aud of tokens for this API is {audience}.")
	AudienceAccount = AudienceWrong.variant("account", tokenWith(`{"claims": {"aud": "account"}}`),
		"The aud of the token is account, which is Keycloak itself, and this API requires {audience}.",
		"Add an audience mapper at Keycloak, to the client or to one of its client scopes, that writes {audience} into access tokens.").by(Provider)
	AudienceGraph = AudienceWrong.variant("graph", tokenWith(`{"claims": {"aud": "00000003-0000-0000-c000-000000000000"}}`),
		"The token is for Microsoft Graph, and this API requires {audience}.",
		"Let the client ask for a scope of this API, such as api://ID/NAME, in place of one of Microsoft Graph. The aud of tokens for this API is {audience}.")
	AudienceClient = AudienceWrong.variant("client", tokenWith(`{"claims": {"aud": "docs", "client_id": "docs", "scope": "items:read"}}`),
		"The aud of the token is its client, and this API requires {audience}.",
		"{advice} The aud of tokens for this API is {audience}. The token without it is for the client itself.")
	AudienceForm = AudienceWrong.variant("form", tokenWith(`{"claims": {"aud": "{audience}/"}}`),
		"The aud of the token differs from {audience} by a slash at the end, upper case, the scheme, the port or api:// alone.",
		"The operator of the API must set OIDC_AUDIENCE to what the provider writes, or the provider must write {audience}.").by(Operator)
	AudienceNoText = AudienceWrong.variant("not-a-text", tokenWith(`{"claims": {"aud": 5}}`),
		"The aud of the token is neither one audience nor a list of strings.",
		"Let the provider write aud as {audience}, or as a list that has it.").by(Provider)
	AudienceProfile = AudienceWrong.variant("profile", while("the token is one of Cognito, OIDC_CLIENTS names its client, and TOKEN_PROFILE is jwt"),
		"This is an access token in a form that this API is not set up to read: its audience is not in aud.",
		"The operator of the API must set {settings}. The client sends the right token.").by(Operator)
	AudienceByClient = AudienceWrong.variant("by-client", while("TOKEN_PROFILE is spring, and the provider writes the client into aud"),
		"The aud of the token does not name {audience}: its provider writes none, or the client.",
		"If the client is one of this API, the operator of the API must set {settings}. Otherwise let the provider write {audience} into aud.").by(Operator)

	ExpiredAtTime = TokenExpired.variant("time", tokenWith(`{"claims": {"exp": "{now-3600}"}}`),
		"The access token expired at {expired_at}, {seconds} seconds ago.",
		"Get a new one, with the refresh token or by a new sign-in, and retry once. Get it shortly before this time from then on.")
	ExpiredByClock = TokenExpired.variant("clock", while("the clock of the API is ahead of the provider's"),
		"The access token expired at {expired_at} by the clock of this API, which is ahead of the provider's.",
		"Get a new token and retry once. If that is rejected as well, only the operator of the API can help: its clock must be set.").by(Operator)
	NotYetValid = TokenNotYetValid.variant("nbf", tokenWith(`{"claims": {"nbf": "{now+3600}"}}`),
		"The access token is valid from {not_before}, in {seconds} seconds (nbf).",
		"Send it then. If it was meant to be valid at once, the clocks of provider and API differ: a new token does not help, and their operators must set the clocks.")
	IssuedLater = TokenNotYetValid.variant("iat", tokenWith(`{"claims": {"iat": "{now+3600}"}}`),
		"The access token says that it was issued at {not_before}, in {seconds} seconds (iat).",
		"The clocks of provider and API differ: a new token does not help, and their operators must set the clocks.")

	ClaimAbsent = ClaimMissing.variant("absent", tokenWith(`{"claims": {"exp": null}}`),
		"The token has no {claim}.",
		"Let the provider write {claim} into access tokens for this API: it must be {form}.")
	SubjectAbsent = ClaimMissing.variant("sub", tokenWith(`{"claims": {"sub": null, "email": "alice@example.com"}}`),
		"The token has no {claim}, which says who the caller is.",
		"Let the provider write {claim} into access tokens. At Keycloak, that is the mapper of the client scope basic; some providers write none for machines.")
	RequiredAbsent = ClaimMissing.variant("required", while("REQUIRED_CLAIMS names a claim that the token does not have"),
		"The token has no {claim}, which the operator of this API requires.",
		"Let the provider write {claim} into access tokens for this API, or ask the operator which tokens are meant.").by(Operator)
	MissingProfile = ClaimMissing.variant("profile", tokenWith(`{"claims": {"jti": null}}`),
		"The token has no {claim}: it is an access token in a form that this API is not set up to read.",
		"The operator of the API must set {settings}. The client sends the right token.").by(Operator)
	ClaimForm = ClaimInvalid.variant("form", tokenWith(`{"claims": {"exp": "soon"}}`),
		"The {claim} of the token must be {form}.",
		"Let the provider write {claim} in that form. A mapper of its may write another type.")
	Milliseconds = ClaimInvalid.variant("milliseconds", tokenWith(`{"claims": {"exp": "{now+300}000"}}`),
		"The {claim} of the token is in milliseconds or in a smaller unit, and must be in seconds since 1970.",
		"Write seconds where the token is made: milliseconds divided by 1000.")
	ClientOther = ClaimInvalid.variant("client", while("OIDC_CLIENTS does not name the client of the token"),
		"The client of the token ({claim}) is none of those that this API accepts.",
		"Ask the operator of the API to add your client to OIDC_CLIENTS, or use a client that is there.").by(Operator)
	RequiredOther = ClaimInvalid.variant("required", while("REQUIRED_CLAIMS has another value than the token"),
		"The {claim} of the token is not the one that the operator of this API requires.",
		"Ask the operator which tokens are meant: REQUIRED_CLAIMS names the values.").by(Operator)
	InvalidProfile = ClaimInvalid.variant("profile", tokenWith(`{"claims": {"scope": ["items:read"]}}`),
		"The {claim} of the token is in a form that this API is not set up to read.",
		"The operator of the API must set {settings}. The client sends the right token.").by(Operator)
	Bound = BindingInvalid.variant("cnf", tokenWith(`{"claims": {"cnf": {"jkt": "x"}}}`),
		"The token is bound to a key of its client (cnf), and this API accepts bearer tokens only.",
		"Let the client ask for a token without a DPoP proof or a client certificate, or switch off sender constraining for it at the provider.")
)
