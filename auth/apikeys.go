package auth

// The kinds of credentials of package apikey.
const (
	Key   Credential = "key"   // an API key
	Basic Credential = "basic" // the id and the secret of one, as a user and a password (RFC 7617)
)
