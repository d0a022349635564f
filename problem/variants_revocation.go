package problem

// The variants about tokens that were revoked at this API, or whose session ended.
var (
	TokenRevoked = TokenInactive.variant("revoked", while("an administrator revoked the token"),
		"The access token was revoked before it expired.",
		"Sign in again. A client on its own behalf asks for a new token.")
	SubjectRevoked = TokenInactive.variant("subject", while("an administrator revoked the tokens of the caller"),
		"All access tokens of the caller were revoked that were issued before a certain time.",
		"Sign in again. If the new token is rejected as well, do so once more after a minute: clocks may differ.")
	SessionEnded = TokenInactive.variant("session", while("the user signed out, and the provider told the API (Back-Channel Logout)"),
		"The session that the access token belongs to has ended.",
		"Sign in again: the user signed out, or an administrator ended the session.")
)
