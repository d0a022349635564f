package problem

import (
	"net/http"
	"time"
)

// The types about what a caller may do, and about authentication as a whole.
var (
	ScopeInsufficient = &Type{
		Code: "scope-insufficient", Status: http.StatusForbidden, OAuth: "insufficient_scope", Title: "Scope insufficient", About: Caller, AtFault: Client, Genuine: true,
		Detail: "The token lacks a required scope.",
		Hint:   "Ask for a token with every scope of required_scopes.",
		Causes: []string{
			"The client did not ask for the scope, or the user did not grant it.",
			"The provider does not let this client have the scope.",
		},
		Operator: "The log has the required scopes and those of the token. Register the scope at the provider for this client.",
	}
	AccessDenied = &Type{
		Code: "access-denied", Status: http.StatusForbidden, Title: "Access denied", About: Caller, AtFault: Client, Genuine: true,
		Detail: "Access is denied.",
		Hint:   "Ask an administrator for the role that this operation needs.",
		Causes: []string{
			"The caller does not hold the role.",
			"The provider does not write roles into access tokens.",
		},
		Operator: "The log has the required roles and those of the caller, which come from the claim roles.",
	}
	StepUpRequired = &Type{
		Code: "step-up-required", Status: http.StatusUnauthorized, OAuth: "insufficient_user_authentication", Title: "Step-up required", About: Caller, AtFault: Client, Genuine: true,
		Detail:   "A stronger or fresher sign-in is required.",
		Hint:     "Send a new authorization request with the acr_values or max_age of the challenge.",
		Causes:   []string{"The user signed in too long ago for this operation, or with a weaker method than it requires."},
		Operator: "The provider must write acr and auth_time into access tokens.",
	}
	TooManyFailures = &Type{
		Code: "too-many-failures", Status: http.StatusTooManyRequests, Title: "Too many failures", About: Caller, AtFault: Client,
		Detail: "Too many failed attempts.",
		Hint:   "Wait Retry-After seconds, and fix the cause of the earlier failures.",
		Causes: []string{
			"A client repeats a rejected request without changing it.",
			"Many clients share one address, and one of them repeats rejected requests.",
		},
		Operator: "Only forged and malformed tokens count, and genuine tokens still get their own response. If all callers seem to have one address, list your proxies in TRUSTED_PROXIES.",
	}
	AuthUnavailable = &Type{
		Code: "auth-unavailable", Status: http.StatusServiceUnavailable, Title: "Authentication unavailable", About: Caller, RetryAfter: 5 * time.Second, AtFault: Server,
		Detail: "Authentication is temporarily unavailable.",
		Hint:   "Retry after Retry-After seconds. The token was not validated.",
		Causes: []string{
			"The provider does not respond, and its keys were never fetched or are too old.",
			"The provider does not respond, and the token has a key that the API does not know yet.",
			"The provider does not answer whether the token is active, or the API asked about too many tokens that are not.",
		},
		Operator: "See /readyz and the log for the provider's response. The command doctor tries introspection. OIDC_ISSUER must be the issuer exactly as the provider writes it.",
	}
)
