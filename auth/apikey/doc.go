// Package apikey makes and verifies API keys: credentials for programs that cannot sign in at the provider, such as cron
// jobs and CI. A key acts for its owner, with its own scopes, no roles, and an expiry.
//
//	gatehouse_01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77_Vx0…43 characters…q7hR2Lk9
//	prefix    id, which finds the key                secret            checksum
//
// The prefix and the checksum let scanners of repositories find keys, and reject a mistyped one without a look-up. The
// secret has 256 bits, so that its hash needs to be neither slow nor salted.
//
//	format := apikey.NewFormat("Gatehouse")
//	secret := apikey.NewSecret()
//	text := format.Write(id, secret) // shown once; secret.Hash() is stored
//
//	keys := apikey.New(apikey.Config{Format: format, Store: store})
//	caller, err := keys.Verify(ctx, text)
//	// err is of APIKeyInvalid, APIKeyExpired, APIKeyRevoked, or of AuthUnavailable if the store cannot be read.
//
// An unknown id and a wrong secret are one error, and cost the same look-up. That a key expired or was revoked is said
// only after its secret matched. A verified key is cached for a few seconds, so that every instance rejects a revoked one
// soon.
//
//	format.go    the text of a key
//	secret.go    its secret, which prints as REDACTED
//	verifier.go  a text gives a caller
//	record.go    what the store knows of a key, and whether that lets it in
//	lastuse.go   when keys were last used, stored at most once a minute
//	scheme.go    where requests have keys
//	basic.go     keys as a user and a password
package apikey
