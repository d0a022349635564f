package devidp

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// The typ header distinguishes the kinds of token, so that neither is accepted as the other (RFC 8725,
// section 3.11).
const (
	accessType = "at+jwt"
	idType     = "JWT"
)

// claims is the payload of access tokens and of ID tokens.
type claims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Audience audience `json:"aud"`
	IssuedAt int64    `json:"iat"`
	Expires  int64    `json:"exp"`
	AuthTime int64    `json:"auth_time,omitempty"`
	ACR      string   `json:"acr,omitempty"`

	ID     string   `json:"jti,omitempty"`
	Client string   `json:"client_id,omitempty"`
	Scope  string   `json:"scope,omitempty"`
	Roles  []string `json:"roles,omitzero"` // users have roles, possibly an empty list
	Actor  *actor   `json:"act,omitempty"`  // the client of an exchange

	Nonce      string `json:"nonce,omitempty"`
	AccessHash string `json:"at_hash,omitempty"`
}

// An audience with one member is encoded as a string (RFC 7519, section 4.1.3).
type audience []string

func (a audience) MarshalJSON() ([]byte, error) {
	if len(a) == 1 {
		return json.Marshal(a[0])
	}
	return json.Marshal([]string(a))
}

func (a *audience) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		return json.Unmarshal(data, (*[]string)(a))
	}
	*a = make(audience, 1)
	return json.Unmarshal(data, &(*a)[0])
}

// header returns the first part of every token of the type.
func (p *Provider) header(typ string) string {
	return base64.RawURLEncoding.EncodeToString(
		fmt.Appendf(nil, `{"alg":"RS256","typ":"%s","kid":"%s"}`, typ, p.kid))
}

// sign returns the claims as a JWS in compact form (RFC 7515, section 7.1), signed with RS256.
func (p *Provider) sign(typ string, c claims) (string, error) {
	payload, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encoding a token: %w", err)
	}
	input := p.header(typ) + "." + base64.RawURLEncoding.EncodeToString(payload)
	digest := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(rand.Reader, p.cfg.Key, crypto.SHA256, digest[:])
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// verify returns the claims of a token of the type that this provider signed, expired or not. The header
// must equal the one that this provider writes, byte for byte, so an attacker cannot choose the alg.
func (p *Provider) verify(token, typ string) (*claims, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || parts[0] != p.header(typ) {
		return nil, false
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err != nil || rsa.VerifyPKCS1v15(&p.cfg.Key.PublicKey, crypto.SHA256, digest[:], signature) != nil {
		return nil, false
	}
	// The key stays the same when the issuer changes, so the signature does not prove the issuer.
	var c claims
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(data, &c) != nil || c.Issuer != p.cfg.Issuer {
		return nil, false
	}
	return &c, true
}

// grantID returns the id of the grant that an access token belongs to.
func (c *claims) grantID() string {
	id, _, _ := strings.Cut(c.ID, ".")
	return id
}

// active returns the claims of an access token that has not expired and is not revoked, neither alone
// nor with its grant.
func (p *Provider) active(token string) (*claims, bool) {
	c, ok := p.verify(token, accessType)
	if !ok || c.Expires <= p.now().Unix() {
		return nil, false
	}
	return c, !p.revoked.has(c.ID) && !p.revoked.has(c.grantID())
}
