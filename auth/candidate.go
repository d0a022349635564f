package auth

import "time"

// A candidate is a token that is being verified. It is reused for other tokens: a Principal must not point into it.
type candidate struct {
	buffer  []byte // for decoding
	header  header
	payload string
	claims  claims
	client  stringClaim  // the claim that names the client
	scopes  stringsClaim // the claim with the scopes

	config   *Config
	provider *Provider
	now      time.Time
}

// parse reads the claims.
func (c *candidate) parse(payload []byte) error {
	var err error
	c.payload, err = decodeObject(payload, &c.claims)
	c.client, c.scopes = c.config.Profile.clientID(&c.claims), c.config.Profile.scopes(&c.claims)
	return err
}

// principal returns the caller that a valid token describes.
func (c *candidate) principal(key *key) *Principal {
	return &Principal{
		Issuer:    c.claims.Issuer.value,
		Subject:   c.claims.Subject.value,
		ClientID:  c.client.value,
		TokenID:   c.claims.ID.value,
		Scopes:    c.scopes.values,
		Roles:     c.claims.Roles.values,
		ExpiresAt: c.claims.Expiry.time,
		ACR:       c.claims.ACR.value,
		SignedIn:  c.claims.AuthTime.time,
		payload:   c.payload,
		key:       key,
	}
}
