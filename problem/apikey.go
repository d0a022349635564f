package problem

import "net/http"

// The types about API keys.
var (
	APIKeyInvalid = &Type{
		Code: "api-key-invalid", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "API key invalid", About: Caller, AtFault: Client, Particular: true,
		Detail: "The API key is not valid.",
		Hint:   "Use the whole key as it was shown when it was made, or make a new one.",
		Causes: []string{
			"The key is truncated or mistyped.",
			"The key was rotated: its secret was replaced by a new one.",
			"The key is of another environment, or expired long ago.",
		},
		Operator: "The log has the key's id. A key that is unknown and a wrong secret give the same response.",
	}
	APIKeyExpired = &Type{
		Code: "api-key-expired", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "API key expired", About: Caller, AtFault: Client, Particular: true,
		Detail:   "The API key expired.",
		Hint:     "Make a new key. The expiry of a key never changes.",
		Causes:   []string{"The key has reached its expires_at."},
		Operator: "Every key expires, after 365 days at most. The log has the key's id.",
	}
	APIKeyRevoked = &Type{
		Code: "api-key-revoked", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "API key revoked", About: Caller, AtFault: Client, Particular: true,
		Detail: "The API key was revoked.",
		Hint:   "Make a new key, if you may still have one.",
		Causes: []string{
			"Its owner revoked the key.",
			"An administrator revoked all keys of its owner.",
		},
		Operator: "The log has the key's id, and the list of all keys says when it was revoked.",
	}
	CredentialsIncorrect = &Type{
		Code: "credentials-incorrect", Status: http.StatusUnauthorized, Title: "Credentials incorrect", About: Caller, AtFault: Client, Particular: true,
		Detail: "The user or the password is not correct.",
		Hint:   "Send the id of an API key as the user, and what follows the id in the key as the password.",
		Causes: []string{
			"The user is not the id of a key, or the key is of another environment.",
			"The password is not what follows the id and the underscore in the key.",
			"A name and a password of a person were sent: those belong to the provider.",
		},
		Operator: "Users of Basic are API keys. The log has the key's id.",
	}
)
