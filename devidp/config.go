package devidp

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"time"
)

// The grant types that a client may be allowed to use.
const (
	AuthorizationCode = "authorization_code"
	RefreshToken      = "refresh_token"
	ClientCredentials = "client_credentials"
	DeviceCode        = "urn:ietf:params:oauth:grant-type:device_code"
	TokenExchange     = "urn:ietf:params:oauth:grant-type:token-exchange" //nolint:gosec // a name, not a credential
)

var grantTypes = []string{AuthorizationCode, RefreshToken, ClientCredentials, DeviceCode, TokenExchange}

// A Config describes a provider. It must not be changed after New was called with it.
type Config struct {
	Issuer    string           // http://host:port, where host is localhost or a loopback address
	Resources []string         // the APIs that tokens are for; the first is the default audience
	Users     []User           // in the order of the login page
	Clients   []Client         // the applications that may request tokens
	Key       *rsa.PrivateKey  // signs every token; see LoadKey
	Now       func() time.Time // nil means time.Now
	Log       *slog.Logger     // nil means no log
}

// A User can sign in.
type User struct {
	Subject string // the sub claim
	Name    string
	Email   string
	Roles   []string // the roles claim of access tokens
}

// A Client is an application that may request tokens. Without a secret it is a public client
// (RFC 6749, section 2.1): any program can present its id, so only PKCE and its redirect URIs protect it.
type Client struct {
	ID                     string
	Secret                 string
	RedirectURIs           []string // compared character by character
	PostLogoutRedirectURIs []string // compared character by character
	Loopback               bool     // may also be redirected to any loopback port (RFC 8252, section 7.3)
	Grants                 []string // the grant types that it may use
	Resource               string   // the API among Resources that this client is: it may exchange tokens for it
}

func (c Config) validate() error {
	issuer, err := url.Parse(c.Issuer)
	if err != nil || c.Issuer != "http://"+issuer.Host || !loopback(issuer.Hostname()) {
		return fmt.Errorf("issuer %q: want http://host:port on a loopback host, without a path", c.Issuer)
	}
	if c.Key == nil || c.Key.N.BitLen() < 2048 {
		return errors.New("key: want an RSA key of 2048 bits or more")
	}
	if len(c.Resources) == 0 {
		return errors.New("resources: want at least one, the default audience")
	}
	for _, resource := range c.Resources {
		if !absolute(resource) {
			return fmt.Errorf("resource %q: want an absolute URI without a fragment", resource)
		}
	}
	return c.validateNames()
}

// validateNames checks users and clients. They share one namespace, because a client that acts for
// itself is the subject of its tokens and must not look like a user (RFC 9068, section 5).
func (c Config) validateNames() error {
	taken := map[string]bool{"": true}
	for _, u := range c.Users {
		if taken[u.Subject] {
			return fmt.Errorf("user %q: the subject is empty or taken", u.Subject)
		}
		taken[u.Subject] = true
	}
	for _, client := range c.Clients {
		if taken[client.ID] {
			return fmt.Errorf("client %q: the id is empty or taken", client.ID)
		}
		taken[client.ID] = true
		if err := client.validate(c.Resources); err != nil {
			return fmt.Errorf("client %q: %w", client.ID, err)
		}
	}
	return nil
}

func (c Client) validate(resources []string) error {
	for _, uri := range slices.Concat(c.RedirectURIs, c.PostLogoutRedirectURIs) {
		if !absolute(uri) {
			return fmt.Errorf("redirect URI %q: want an absolute URI without a fragment", uri)
		}
	}
	for _, grant := range c.Grants {
		if !slices.Contains(grantTypes, grant) {
			return fmt.Errorf("unknown grant type %q", grant)
		}
	}
	switch {
	case c.public() && (c.may(ClientCredentials) || c.may(TokenExchange)):
		return errors.New("client credentials and token exchange need a secret")
	case c.may(TokenExchange) && !slices.Contains(resources, c.Resource):
		return errors.New("token exchange needs the resource that the client is")
	}
	return nil
}

func absolute(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && u.IsAbs() && u.Fragment == ""
}

// loopback reports whether host can only be this machine. Names other than localhost are not resolved:
// a name server can give another address at the next request.
func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// Development returns the documented provider for the API at the URL api: the users alice (role
// admin) and bob; the clients docs (the API's Swagger UI, whose page is at docs), cli (a program on this machine) and service
// (a machine, and the API itself when it calls other APIs for its callers). The audience of its tokens
// is api; append other APIs to Resources.
func Development(issuer, api, docs string, key *rsa.PrivateKey) Config {
	return Config{
		Issuer:    issuer,
		Resources: []string{api},
		Key:       key,
		Users: []User{
			{Subject: "alice", Name: "Alice Archer", Email: "alice@example.com", Roles: []string{"admin"}},
			{Subject: "bob", Name: "Bob Baker", Email: "bob@example.com"},
		},
		Clients: []Client{{
			ID:                     "docs",
			RedirectURIs:           []string{docs + "oauth2-redirect.html"},
			PostLogoutRedirectURIs: []string{docs},
			Grants:                 []string{AuthorizationCode, RefreshToken},
		}, {
			ID:       "cli",
			Loopback: true,
			Grants:   []string{AuthorizationCode, RefreshToken, DeviceCode},
		}, {
			ID:       "service",
			Secret:   "service-secret",
			Grants:   []string{ClientCredentials, TokenExchange},
			Resource: api,
		}},
	}
}
