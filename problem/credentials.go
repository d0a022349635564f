package problem

import "net/http"

// The types about the Authorization header.
//
// Detail and Hint are constants: a response never repeats what the caller sent.
var (
	CredentialsMissing = &Type{
		Code: "credentials-missing", Status: http.StatusUnauthorized, Title: "Credentials missing", About: Caller, AtFault: Client,
		Detail: "Authentication is required.",
		Hint:   "Send the header Authorization: Bearer <access token>. A token in the query or the body is not read.",
		Causes: []string{
			"The request has no Authorization header, or an empty one.",
			"A proxy or a redirect to another host removed the header, or a CORS preflight does not allow it.",
			"The token was sent as access_token in the query or the body, or in a cookie.",
		},
		Operator: "If callers do send the header, look for a proxy in front of the API that drops or renames Authorization.",
	}
	SchemeUnsupported = &Type{
		Code: "scheme-unsupported", Status: http.StatusUnauthorized, Title: "Authentication scheme not supported", About: Caller, AtFault: Client,
		Detail: "The authentication scheme is not supported.",
		Hint:   "Use the Bearer scheme.",
		Causes: []string{
			"The header begins with Basic, Digest, DPoP, Token or another scheme.",
			"The token was sent without a scheme before it.",
		},
		Operator: "User names and passwords belong to the provider. This API does not accept them.",
	}
	CredentialsMalformed = &Type{
		Code: "credentials-malformed", Status: http.StatusBadRequest, OAuth: "invalid_request", Title: "Credentials malformed", About: Caller, AtFault: Client,
		Detail: "The Authorization header is malformed.",
		Hint:   "Send one scheme, one space and one token, without quotes: Authorization: Bearer <access token>.",
		Causes: []string{
			"A variable was empty, so that no token follows Bearer.",
			"The token was copied with quotes, a line break or a space in it.",
			"There is a tab or a colon between the scheme and the token.",
		},
		Operator: "No action: the client must fix its header.",
	}
	CredentialsMultiple = &Type{
		Code: "credentials-multiple", Status: http.StatusBadRequest, OAuth: "invalid_request", Title: "Credentials sent more than once", About: Caller, AtFault: Client,
		Detail: "Credentials were sent more than once.",
		Hint:   "Send the token once, in one Authorization header, and nowhere else.",
		Causes: []string{
			"Two parts of a client each add an Authorization header.",
			"The token is in the header and also in the query or a form.",
		},
		Operator: "If a gateway sets its own Authorization header, configure it to replace the client's header.",
	}
	CredentialsTooLarge = &Type{
		Code: "credentials-too-large", Status: http.StatusBadRequest, OAuth: "invalid_request", Title: "Access token too large", About: Caller, AtFault: Provider,
		Detail:   "The access token is too large.",
		Hint:     "Ask the provider for fewer claims in the access token.",
		Causes:   []string{"The provider writes every group or role of the user into the token."},
		Operator: "Tokens over 8 KiB are rejected unread. Configure the provider to leave out groups that this API does not need.",
	}
	// Its challenge has no error: the caller used a method that is not supported (RFC 6750, section 3.1).
	CredentialsNotAccepted = &Type{
		Code: "credentials-not-accepted", Status: http.StatusUnauthorized, Title: "Credentials not accepted here", About: Caller, AtFault: Client, Particular: true,
		Detail: "This operation does not accept this kind of credentials.",
		Hint:   "Send credentials of a kind that the operation accepts: see its entry in the documentation.",
		Causes: []string{
			"An API key was sent where only access tokens are accepted, such as to make another key.",
			"An access token was sent where only API keys are accepted.",
		},
		Operator: "Accept in the route table says which kinds of credentials a route accepts.",
	}
)
