// Package auth finds out who is calling an API, and what they may do: from an Authorization header
// to a [Principal], or to a [Reason] why not.
//
//	verifier, err := auth.Connect(ctx, auth.Config{
//		Issuer:   "https://login.example.com",
//		Audience: []string{"https://api.example.com"},
//	})
//	// err says everything that is wrong with the configuration, and nothing about the provider:
//	// its keys are fetched in the background until ctx is done.
//
//	caller, err := verifier.Authenticate(request)
//	// err is a Type: CredentialsMissing, TokenExpired, AuthUnavailable and so on.
//
//	err = requirement.Check(caller, time.Now())
//	// err is ScopeInsufficient, AccessDenied or StepUpRequired.
//
//	header := challenger.Challenge(reason, requirement)
//	// The value of WWW-Authenticate, made from the same Reason as the body.
//
// The checks stand in a fixed order, and the first that fails is the reason (RFC 6750, RFC 8725,
// RFC 9068):
//
//	BearerToken    one header, one scheme, one token of the grammar and of a bounded size
//	parseJWS       three segments of canonical base64url
//	parseHeader    strict JSON; no extensions; an algorithm that is allowed; a typ of the profile
//	Provider.open  a key of the issuer, and its signature
//	parseClaims    strict JSON: a member stands once, under its exact name
//	rules          iss, kind, aud, exp, nbf, iat, and the claims that the profile asks for
//
// Nothing in a token is believed before its signature, and nothing that was sent is ever repeated to
// the sender. What was expected and what was found stands in the error, for the log.
//
// Package auth knows neither gin nor any other router; package ginauth does.
package auth
