// Package auth finds the caller of a request, and checks what the caller may do: from an Authorization header to a
// [Principal], or to an error of a [problem.Type].
//
//	verifier, err := auth.Connect(ctx, auth.Config{
//		Issuer:   "https://login.example.com",
//		Audience: []string{"https://api.example.com"},
//	})
//	// err has every mistake of the configuration. The provider's metadata and keys are fetched in the background
//	// until ctx is done.
//
//	caller, err := verifier.Authenticate(request)
//	// err is of CredentialsMissing, TokenExpired, AuthUnavailable and so on.
//
//	err = requirement.Check(caller, time.Now())
//	// err is of ScopeInsufficient, AccessDenied or StepUpRequired.
//
//	header := challenger.Challenge(problem.Of(err), requirement)
//	// The value of WWW-Authenticate, of the same type as the body.
//
// The checks have a fixed order, and the first that fails is the error (RFC 6750, RFC 8725, RFC 9068):
//
//	BearerToken     one header, one scheme, one token that follows the grammar and is not too large
//	parseJWS        three segments of canonical base64url
//	parseHeader     strict JSON; no extensions; an allowed algorithm; a typ of the profile
//	candidate.foreign  iss names the issuer
//	Provider.check  a key of the issuer, and the signature
//	decodeObject    the claims are strict JSON: no repeated member, names are case-sensitive
//	claimChecks     iss, kind of token, aud, exp, nbf, iat, and the claims that the profile requires
//	Requirement     scopes, roles, class and age of the sign-in
//
// Claims are not used before the signature is valid, except that a token of another issuer is rejected. Responses never
// repeat what the caller sent: the variant and the facts of an [Error] are for the caller, and expected and actual values
// for the log. [Verifier.Explain] makes all checks, and gives advice on those that fail.
//
// Without usable keys the error is AuthUnavailable, never a problem of the token. Keys are used for a bounded time when
// the provider is down. A token of an unknown key waits for a fetch, of which there is at most one a second, and fewer
// while they bring no new key. A key that the provider does not publish any more is withdrawn, also for tokens in the
// cache. [LimitSignatures] limits what the forged tokens of one client cost.
//
// Package auth imports neither gin nor another router: package ginauth connects it to gin.
package auth
