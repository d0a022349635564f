package problem

// The variants about tokens that the provider is asked about (RFC 7662).
var (
	NotAsked = AuthUnavailable.variant("no-answer", while("INTROSPECTION is opaque, and the provider does not respond"),
		"The provider did not say whether the token is active, so that the token was not validated.",
		"Retry after {wait} seconds with the same token. If this stays, the operator of the API must look at its log and at the command doctor.")
	AnswerIssuer = ClaimMissing.variant("answer", while("INTROSPECTION is opaque, and the provider's answers have no iss"),
		"The provider's answer about the token has no {claim}.",
		"If the provider never writes it, the operator of the API must set TOKEN_PROFILE to that of the provider, or to rfc7662.").by(Operator)
	AnswerType = TokenTypeWrong.variant("answer", while("INTROSPECTION is opaque, and the provider's answers have no token_type"),
		"The provider's answer about the token has no token_type, which tells access tokens from refresh tokens.",
		"Send the access_token of the token response. If this is it, the provider must write token_type, or the operator of the API set TOKEN_PROFILE to that of the provider.").by(Operator)
)
