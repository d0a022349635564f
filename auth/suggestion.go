package auth

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// alternatives returns the rules of the other profiles, in the order in which they are suggested: that of the issuer, the
// general one, and the rest; last those for tokens of which nothing but a scope is known. None of them accepts ID tokens.
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
	for _, scopeAlone := range [...]bool{false, true} {
		for i := range profiles {
			if p := profileOf(&profiles[i]); scopeAlone == (p.mayMiss("client") && strings.HasPrefix(profiles[i].must, "scope")) {
				add(p)
			}
		}
	}
	return all
}

// as returns the candidate with other rules, or nil if they do not know it as an access token, or cannot read its scopes or
// roles either.
func (c *candidate) as(other *rules, config *Config) *candidate {
	if !other.allowsType(c.header.typ.value) || c.typed() && (other.mayMiss("client") || slices.Contains(other.clientClaims, "iss")) {
		return nil
	}
	with := &candidate{header: c.header, config: config, rules: other, provider: c.provider, key: c.key, now: c.now}
	if err := with.parse([]byte(c.payload)); err != nil || !with.certain() {
		return nil
	}
	if c.scopes.state == invalid && with.scopes.state != valid || c.roles.state == invalid && with.roles.state != valid {
		return nil
	}
	return with
}

// byClient returns the candidate with rules and without an audience: OIDC_CLIENTS tells whether it is for this API. It
// returns nil where the operator has named other clients, or where the provider always writes an audience of its own.
func (c *candidate) byClient(other *rules) *candidate {
	with := c.as(other, c.config)
	switch {
	case with == nil, !other.WithoutAudience(), checkRequired(with.client) != nil:
		return nil
	case len(c.config.Clients) > 0 && !slices.Contains(c.config.Clients, with.client.value):
		return nil
	}
	config := *c.config
	if len(config.Clients) == 0 {
		config.Clients = []string{with.client.value}
	}
	if with.claims.Audience.state != absent {
		config.Audience = nil
	}
	return c.as(newRules(&config, other.Profile), &config)
}

// readings returns the candidate with other settings, in the order in which they are suggested: with another profile, and
// then with its client in place of an audience. The profile that the issuer names knows best whether there is an audience,
// and it or that of another provider which is configured whether a token without sub is for no user.
func (c *candidate) readings() (all []*candidate) {
	if c.header.extended || c.header.hasKey || !c.header.allowed(c.config.Algorithms) {
		return nil // no settings change that
	}
	others := alternatives(c.config)
	named, known := ProfileOfIssuer(c.config.Issuer)
	provider := known || c.config.Profile != RFC9068() && c.config.Profile != PlainJWT()
	for _, other := range others {
		with := c.as(other, c.config)
		guessed := !known || other.Profile != named
		if with != nil && !(guessed && (known && with.claims.Audience.state == absent || provider && with.withoutUser())) {
			all = append(all, with)
		}
	}
	byClient := []*rules{c.rules}
	switch {
	case known:
		byClient = append(byClient, newRules(c.config, named))
	case !c.claims.has(list(clientClaims)...): // aud alone can name it
		byClient = append(byClient, others...)
	}
	for _, other := range byClient {
		if with := c.byClient(other); with != nil {
			all = append(all, with)
		}
	}
	return all
}

// suggestion returns the candidate with settings that accept it, or nil.
func (c *candidate) suggestion() *candidate {
	all := c.readings()
	if i := slices.IndexFunc(all, (*candidate).accepted); i >= 0 {
		return all[i]
	}
	return nil
}

// suggestionFor returns the candidate with the settings with which one check passes and the fewest others fail, or nil.
// Those that fail have reasons of their own, and advice of their own: what the profile decides, passes.
func (c *candidate) suggestionFor(check string) (best *candidate) {
	fewest := len(claimChecks)
	for _, with := range c.readings() {
		failing, byProfile := with.failures()
		if !byProfile && !slices.Contains(failing, check) && len(failing) < fewest {
			best, fewest = with, len(failing)
		}
	}
	return best
}

// accepted reports whether the token would be accepted.
func (c *candidate) accepted() bool {
	if c == nil {
		return false
	}
	failing, _ := c.failures()
	return len(failing) == 0
}

// failures returns the checks that fail, and whether one of them does because of the profile.
func (c *candidate) failures() (names []string, byProfile bool) {
	for i := range claimChecks {
		check := &claimChecks[i]
		wrong := check.validate(c)
		if wrong == nil {
			continue
		}
		names = append(names, check.name)
		switch wrong.Type {
		case problem.AudienceWrong, problem.TokenExpired, problem.TokenNotYetValid, problem.BindingInvalid:
			continue
		}
		otherClient := check.name == "client_id" && len(c.config.Clients) > 0 && c.client.state == valid
		byProfile = byProfile || check.name != requiredClaims && !otherClient
	}
	return names, byProfile
}

// settings says what to set so that the token is read as another candidate, for the operator.
func (c *candidate) settings(with *candidate) string {
	var all []string
	if with.rules.Profile != c.rules.Profile {
		all = append(all, "TOKEN_PROFILE="+with.rules.Profile.String())
	}
	if with.config != c.config {
		clients := "OIDC_CLIENTS=" + Brief(strings.Join(with.config.Clients, ","))
		if len(with.config.Audience) < len(c.config.Audience) {
			clients += " in place of OIDC_AUDIENCE"
		}
		all = append(all, clients+", if tokens of this client are for this API")
	}
	return strings.Join(all, " and ")
}

// settingsFact is settings for the holder of the token, who is not told which clients there are.
func (c *candidate) settingsFact(with *candidate) problem.Fact {
	var profile fmt.Stringer
	if with.rules.Profile != c.rules.Profile {
		profile = with.rules.Profile
	}
	var clients problem.Constant
	if with.config != c.config {
		clients = "OIDC_CLIENTS (the clients of this API)"
	}
	if len(with.config.Audience) < len(c.config.Audience) {
		clients += " in place of OIDC_AUDIENCE"
	}
	return problem.Settings(profile, clients)
}

// withSettingsHint returns the error of a token, with a hint for its holder if only the settings of the API reject it.
func (c *candidate) withSettingsHint(err error) error {
	rejected, ok := errors.AsType[*Error](err)
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
	if with := c.suggestion(); with != nil {
		if with.rules.Profile == c.rules.Profile {
			variant = problem.AudienceByClient
		}
		rejected.Variant, rejected.facts = variant, append(rejected.facts, c.settingsFact(with))
	}
	return rejected
}
