package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"example.com/gatehouse/problem"
)

// issuers are the verifiers of an API that accepts the tokens of several issuers. Each has its own keys, profile and
// budget; only the cache is shared, whose entries have the issuer's provider.
type issuers struct {
	all   []*Verifier
	names map[string]*Verifier // by what iss can be
}

// ConnectAll is [Connect] for several issuers, of which the first has the cache. A token is given to the issuer that its
// iss names, and to no other. For one it is Connect.
func ConnectAll(ctx context.Context, configs []Config) (*Verifier, error) {
	if len(configs) == 0 {
		return nil, errors.New("auth: there is no issuer")
	}
	v, err := Connect(ctx, configs[0])
	if err != nil || len(configs) == 1 {
		return v, err
	}
	v.issuers = &issuers{all: []*Verifier{v}, names: map[string]*Verifier{v.config.Issuer: v}}
	for _, cfg := range configs[1:] {
		cfg.CacheSize, cfg.revocations = -1, v.config.revocations
		if v.issuers.names[cfg.Issuer] != nil {
			return nil, fmt.Errorf("auth: the issuer %q is configured twice", cfg.Issuer)
		}
		other, err := Connect(ctx, cfg)
		if err != nil {
			return nil, err
		}
		v.issuers.all = append(v.issuers.all, other)
		v.issuers.names[cfg.Issuer] = other
		v.tokenSize = max(v.tokenSize, other.tokenSize)
	}
	for _, one := range v.issuers.all {
		v.issuers.addAliases(one)
	}
	return v, v.oneAsker()
}

// oneAsker makes the asker of one issuer that of all: a token that only a provider can read is sent to one alone.
func (v *Verifier) oneAsker() error {
	for _, one := range v.issuers.all[1:] {
		if one.asker != nil && v.asker != nil {
			return fmt.Errorf("INTROSPECTION%s: opaque tokens are sent to one issuer alone, and another INTROSPECTION names one", one.config.Suffix)
		}
		if one.asker != nil {
			v.asker = one.asker
		}
	}
	return nil
}

// addAliases adds the other names of an issuer, unless they are those of another one.
func (s *issuers) addAliases(v *Verifier) {
	for _, alias := range append(v.config.rules.issuers, v.config.aliases...) {
		if s.names[alias] == nil && alias != metadataIssuer {
			s.names[alias] = v
		}
	}
}

// Issuers returns the verifiers of each issuer, in the order of the configuration.
func (v *Verifier) Issuers() []*Verifier {
	if v.issuers == nil {
		return []*Verifier{v}
	}
	return v.issuers.all
}

// State returns that of all issuers together: degraded while the tokens of some can be verified.
func (v *Verifier) State() State {
	states := map[State]bool{}
	for _, one := range v.Issuers() {
		states[one.provider.Status().State] = true
	}
	switch {
	case len(states) > 1:
		return Degraded
	case states[Down]:
		return Down
	case states[Degraded]:
		return Degraded
	}
	return Ready
}

// Issuer returns the issuer as it is configured.
func (v *Verifier) Issuer() string { return v.config.Issuer }

// For returns the verifier of the issuer that a token names, or else the first one.
func (v *Verifier) For(token AccessToken) *Verifier {
	if v.issuers == nil {
		return v
	}
	j, _ := parseJWS(string(token), nil) // without claims if there is an error
	return v.named(j.payload)
}

// ForRequest is For with the token of a request.
func (v *Verifier) ForRequest(r *http.Request) *Verifier {
	if v.issuers == nil {
		return v
	}
	token, _ := v.BearerToken(r)
	return v.For(token)
}

// PublishedFor is Published of the issuer that the token of a request names. Without a token, or with one of another issuer,
// it names all.
func (v *Verifier) PublishedFor(r *http.Request) *problem.Published {
	token, _ := v.BearerToken(r)
	return v.publishedFor(token)
}

func (v *Verifier) publishedFor(token AccessToken) *problem.Published {
	if j, err := parseJWS(string(token), nil); err == nil || v.issuers == nil {
		if one := v.find(j.payload); one != nil {
			return one.Published()
		}
	}
	var names []string
	for _, one := range v.issuers.all {
		names = append(names, one.config.Issuer)
	}
	p := v.Published()
	p.Issuer = strings.Join(names, " or ")
	return p
}

// named returns the verifier of the issuer that claims name, or else the first one, which rejects them. It is a look-up and
// no check: the verifier compares the issuer, and its keys are tried alone.
func (v *Verifier) named(claims []byte) *Verifier { return cmp.Or(v.find(claims), v) }

// find is named, or nil if the claims name another issuer.
func (v *Verifier) find(claims []byte) *Verifier {
	if v.issuers == nil {
		return v
	}
	issuer := issuerIn(claims)
	if one := v.issuers.names[issuer]; one != nil {
		return one
	}
	if issuer == "" {
		return v
	}
	return v.issuers.like(issuer)
}

// like returns the verifier whose issuer has other names than those of the configuration, or is the nearest, so that the
// rejection says how it differs; nil if none is near.
func (s *issuers) like(issuer string) (nearest *Verifier) {
	for _, one := range s.all {
		if one.config.names(one.provider, issuer) {
			return one
		}
	}
	least := byTenant
	for _, one := range s.all {
		if d := differenceOf(one.config.Issuer, issuer); d != different && d < least {
			nearest, least = one, d
		}
	}
	return nearest
}

// issuerIn returns the iss of claims that are not verified, or nothing. Of claims that are not valid it may be any.
func issuerIn(claims []byte) string {
	var issuer issuerReader
	_, _ = decodeObject(claims, &issuer)
	return string(issuer)
}

type issuerReader string

// read implements [object].
func (i *issuerReader) read(name string, v value) {
	if name == "iss" {
		*i = issuerReader(v.string().value)
	}
}
