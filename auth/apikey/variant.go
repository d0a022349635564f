package apikey

import "example.com/gatehouse/problem"

// What is said of keys in the wrong place or form, which any caller may receive. They leave with this package, so they are
// not in the table of package problem.
var (
	keyInQuery    = inQuery(problem.CredentialsMissing)
	keyInQueryToo = inQuery(problem.CredentialsMultiple)
	keyTwice      = variant(problem.CredentialsMultiple, "key-twice",
		"An API key is in its own header, and there are other credentials.",
		"Send the key once: in Authorization, or in the header for keys.")
	keyEmpty = variant(problem.CredentialsMissing, "key-empty",
		"The header for API keys is empty.",
		"Send the key in it: the variable of the key was empty.")
	keyScheme = variant(problem.SchemeUnsupported, "key-scheme",
		"An API key is in the Authorization header, without Bearer before it.",
		"Write Bearer and one space before the key, and nothing else: Authorization: Bearer <API key>.")
	mistyped = variant(problem.APIKeyInvalid, "mistyped",
		"The API key is truncated or mistyped: its checksum does not match.",
		"Copy the whole key, without quotes and spaces.")
	foreign = variant(problem.APIKeyInvalid, "foreign",
		"The header for API keys has something other than a key of this API.",
		"Send the key alone, as it was made: without Bearer and quotes. Send an access token as Authorization: Bearer <access token>.")
	ofOtherIssuer = variant(problem.APIKeyRevoked, "issuer",
		"The owner of the API key is of a provider that this API does not accept any more.",
		"Make a new key with a token of a provider that it accepts.")
	notAPair = variant(problem.CredentialsMalformed, "basic",
		"What follows Basic is not a user, a colon and a password in base64.",
		"Encode the id of an API key, a colon and the secret, without a line break: curl -u ID:SECRET does.")
	notEncrypted = variant(problem.CredentialsNotAccepted, "not-encrypted",
		"This API accepts Basic over https only.",
		"Use https: with http, the password can be read on its way.")
)

func inQuery(t *problem.Type) *problem.Variant {
	return variant(t, "key-in-query", "An API key is in the query, and this API reads headers only.",
		"Send the API key in the header Authorization: Bearer <key>, and make a new one: addresses are logged, so that this key is no longer secret.")
}

func variant(t *problem.Type, name, detail, hint string) *problem.Variant {
	return &problem.Variant{Type: t, Name: name, Detail: detail, Hint: hint, AtFault: problem.Client}
}
