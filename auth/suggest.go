package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// alternatives returns the rules of the other profiles, in the order in which they are suggested: that of the issuer, the
// general one, and the rest. None of them accepts ID tokens, and none is for tokens of which nothing but a scope is known.
func alternatives(c *Config) (all []*rules) {
	add := func(p Profile) {
		known := func(r *rules) bool { return r.Profile == p }
		if p != c.Profile && p.Warning() == "" && !slices.ContainsFunc(all, known) {
			all = append(all, newRules(c, p))
		}
	}
	if p, known := ProfileOfIssuer(c.Issuer); known {
		add(p)
	}
	add(PlainJWT())
	for i := range profiles {
		if p := profileOf(&profiles[i]); !p.mayMiss("client") || !strings.HasPrefix(profiles[i].must, "scope") {
			add(p)
		}
	}
	return all
}

// strictest orders rules so that those come first that allow no other typ than at+jwt.
func strictest(a, b *rules) int { return min(len(a.types), 1) - min(len(b.types), 1) }

// as returns the candidate with other rules, or nil if they do not know it as an access token, or cannot read its scopes or
// roles either.
func (c *candidate) as(other *rules) *candidate {
	if !other.allowsType(c.header.typ.value) || c.typed() && (other.noClient || slices.Contains(other.clientClaims, "iss")) {
		return nil
	}
	with := &candidate{header: c.header, config: c.config, rules: other, provider: c.provider, key: c.key, now: c.now}
	if err := with.parse([]byte(c.payload)); err != nil || !with.certain() {
		return nil
	}
	if c.scopes.state == invalid && with.scopes.state != valid || c.roles.state == invalid && with.roles.state != valid {
		return nil
	}
	return with
}

// suggestion returns the profile that would accept a token, which is certainly an access token then.
func (c *candidate) suggestion() (p Profile, found bool) {
	return c.suggest(func(with *candidate) bool { return with.validateClaims() == nil })
}

// suggestionFor is suggestion for one check of the claims: others may fail for other reasons.
func (c *candidate) suggestionFor(check string) (p Profile, found bool) {
	i := slices.IndexFunc(claimChecks[:], func(one claimCheck) bool { return one.name == check })
	return c.suggest(func(with *candidate) bool { return i < 0 || claimChecks[i].validate(with) == nil })
}

func (c *candidate) suggest(good func(*candidate) bool) (p Profile, found bool) {
	for _, other := range alternatives(c.config) {
		if with := c.as(other); with != nil && good(with) {
			return other.Profile, true
		}
	}
	return Profile{}, false
}

// withProfileHint returns the error of a token, with a hint for its holder if only the profile rejects it.
func (c *candidate) withProfileHint(err error) error {
	rejected, ok := err.(*Error)
	if !ok || rejected.Variant == problem.Milliseconds { // which no profile reads
		return err
	}
	variant, ok := map[*problem.Type]*problem.Variant{
		problem.TokenTypeWrong: problem.TypeProfile, problem.ClaimMissing: problem.MissingProfile, problem.ClaimInvalid: problem.InvalidProfile,
		problem.IssuerWrong: problem.IssuerProfile, problem.AudienceWrong: problem.AudienceProfile,
	}[rejected.Type]
	if !ok {
		return err
	}
	if p, found := c.suggestion(); found {
		rejected.Variant, rejected.facts = variant, append(rejected.facts, problem.Profile(p))
	}
	return rejected
}

// otherType returns the error of a token whose typ the profile does not allow. If another profile allows it, the signature
// is checked before the hint is given: what a forged token says does not matter.
func (v *Verifier) otherType(ctx context.Context, c *candidate, j jws) error {
	if err := c.parse(j.payload); err != nil {
		return problem.TypeOther
	}
	if !PlainJWT().allowsType(c.header.typ.value) || c.rules.opaque != "" {
		return c.looksLike()
	}
	if c.key = v.provider.knownSigner(ctx, j, &c.header); c.key == nil {
		return c.looksLike()
	}
	c.now = v.config.Now()
	rejected := newError(problem.TokenTypeWrong, "typ: want %s, got %s", c.rules.describeTypes(), c.header.typ).afterSignature(c.now)
	variant := problem.TypeOther
	if c.kind() != accessToken && c.kind() != unmarked {
		variant = c.kindVariant()
	}
	return c.withProfileHint(rejected.saying(variant, problem.Claim(c.idMark())))
}

// knownSigner returns the key that signed a token, if it is one of those that were fetched before.
func (p *Provider) knownSigner(ctx context.Context, j jws, h *header) *key {
	current := p.published.Load()
	if current == nil || current.old(p.stale) || h.hasKey {
		return nil
	}
	keys, failed := current.keys.candidates(h, j.signature)
	if failed != nil {
		return nil
	}
	release, err := signatureLimit(ctx).Acquire(ctx, len(keys))
	if err != nil {
		return nil
	}
	k := signer(keys, j, algorithmByName(h.algorithm.value))
	release(k != nil)
	return k
}

// standing says where scopes or roles stand that a caller lacks as far as the profile reads its token, and how to read
// them. It returns nothing if the token does not have them.
func (p *Principal) standing(kind string, lacked []string) string {
	c := p.candidate()
	if c == nil || len(lacked) == 0 {
		return ""
	}
	for _, other := range slices.SortedStableFunc(slices.Values(alternatives(c.config)), strictest) {
		for _, place := range other.placesOf(kind) {
			if holds(c, place, lacked) && accepts(c.as(other)) {
				return fmt.Sprintf("The %s stand in %s; TOKEN_PROFILE=%s reads them.", kind, place, other.Profile)
			}
		}
	}
	for _, place := range c.places() {
		if holds(c, place, lacked) {
			return fmt.Sprintf("The %s stand in %s; %s_CLAIM=%s reads them.", kind, place, strings.ToUpper(kind), place)
		}
	}
	if prefix := commonPrefix(p.Scopes, lacked); kind == "scopes" && prefix != "" {
		return fmt.Sprintf("The scopes have the prefix %s; SCOPE_PREFIX=%s cuts it.", quote(prefix), Brief(prefix))
	}
	return ""
}

// commonPrefix returns what stands before every one of the names in a list, or nothing.
func commonPrefix(list, names []string) string {
	for _, one := range list {
		prefix, found := strings.CutSuffix(one, names[0])
		with := func(name string) bool { return slices.Contains(list, prefix+name) }
		if found && strings.HasSuffix(prefix, "/") && !slices.ContainsFunc(names, func(name string) bool { return !with(name) }) {
			return prefix
		}
	}
	return ""
}

func accepts(with *candidate) bool { return with != nil && with.validateClaims() == nil }

func (r *rules) placesOf(kind string) []string {
	if kind == "scopes" {
		return r.scopes
	}
	return r.roles
}

// namesOfOthers are claims whose text may be that of a role or a scope, and is none.
var namesOfOthers = append([]string{"iss", "sub", "aud", "jti", "client_id", "azp", "appid", "cid", "acr", "typ", "given_name", "family_name", "nickname"}, userClaims...)

// places returns the names of claims that may have roles or scopes, and the paths to members of objects in them.
func (c *candidate) places() (all []string) {
	var add func(prefix, name string, v value)
	add = func(prefix, name string, v value) {
		all = append(all, prefix+name)
		if v.kind() == '{' && strings.Count(prefix, ".") < 3 {
			for below, one := range v.members() {
				add(prefix+name+".", below, one)
			}
		}
	}
	for _, m := range c.claims.members {
		if !slices.Contains(namesOfOthers, m.name) {
			add("", m.name, m.value)
		}
	}
	return all
}
