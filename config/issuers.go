package config

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"example.com/gatehouse/auth"
)

// maxIssuers is the number of the last issuer: OIDC_ISSUER_9.
const maxIssuers = 9

// Issuers returns the configuration for each issuer. The first is c; those of OIDC_ISSUER_2 to OIDC_ISSUER_9 are like it,
// with their own values of the variables that there are for each issuer.
func (c *Config) Issuers() []*Config { return append([]*Config{c}, c.others...) }

// Suffix returns the end of the names of the issuer's variables: nothing for the first, and _2 to _9.
func (c *Config) Suffix() string { return c.suffix }

// Suffixed returns a text in which the variables of an issuer have the suffix of this one.
func (c *Config) Suffixed(text string) string { return auth.Config{Suffix: c.suffix}.Suffixed(text) }

// IssuerNamed returns the configuration for an issuer: a number from 1 to 9, or the issuer itself.
func (c *Config) IssuerNamed(name string) (*Config, error) {
	var all []string
	for _, one := range c.Issuers() {
		if name == one.Issuer || "_"+name == cmp.Or(one.suffix, "_1") {
			return one, nil
		}
		all = append(all, fmt.Sprintf("%s (%s)", strings.TrimPrefix(cmp.Or(one.suffix, "_1"), "_"), one.Issuer))
	}
	return nil, fmt.Errorf("there is no issuer %q: there are %s", name, strings.Join(all, ", "))
}

// TokenIssuer returns the issuer whose tokens a name stands for: the first one for no name, one that is configured, by its
// number or as the provider writes it, or one of a tenant of an issuer with {tenantid} in it.
func (c *Config) TokenIssuer(name string) (string, error) {
	for _, one := range c.Issuers() {
		before, after, template := strings.Cut(one.Issuer, auth.TenantTemplate)
		if template && name != one.Issuer && strings.HasPrefix(name, before) && strings.HasSuffix(name, after) {
			return name, nil
		}
	}
	one, err := c.IssuerNamed(cmp.Or(name, "1"))
	if err == nil && strings.Contains(one.Issuer, auth.TenantTemplate) {
		err = fmt.Errorf("the issuer is required, with a tenant in place of %s: %s", auth.TenantTemplate, one.Issuer)
	}
	if err != nil {
		return "", err
	}
	return one.Issuer, nil
}

// Verifications returns which tokens are accepted, for each issuer.
func (c *Config) Verifications(log *slog.Logger) (all []auth.Config) {
	for _, one := range c.Issuers() {
		all = append(all, one.Verification(log))
	}
	return all
}

// readOthers reads the issuers after the first.
func (c *Config) readOthers(getenv func(string) string) (wrong []error) {
	for n := 2; n <= maxIssuers; n++ {
		other := *c
		other.suffix, other.others = fmt.Sprintf("_%d", n), nil
		set := setVariables(getenv, other.suffix)
		if len(set) == 0 {
			continue
		}
		errs := other.read(getenv)
		if !slices.Contains(set, "OIDC_ISSUER") {
			errs = []error{variableError{"OIDC_ISSUER", fmt.Errorf("not set, and %s is: there is no such issuer", set[0])}}
		}
		if i := slices.IndexFunc(c.Issuers(), func(one *Config) bool { return one.Issuer == other.Issuer }); i >= 0 && other.Issuer != "" {
			errs = append(errs, variableError{"OIDC_ISSUER", errors.New("it is an issuer that another variable names, too")})
		}
		for _, err := range errs {
			wrong = append(wrong, errors.New(other.Suffixed(err.Error())))
		}
		c.others = append(c.others, &other)
	}
	return wrong
}

// setVariables returns the names without suffix of the variables that are set for an issuer.
func setVariables(getenv func(string) string, suffix string) (names []string) {
	for _, name := range issuerNames() {
		if strings.TrimSpace(getenv(name+suffix)+getenv(name+suffix+fileSuffix)) != "" {
			names = append(names, name)
		}
	}
	return names
}

// text returns the text of the variable of a field, or its default. The audience of the first issuer is the default of the
// others.
func (c *Config) text(getenv func(string) string, v Variable) (string, error) {
	first := v
	v.Name += c.suffix
	text, err := v.read(getenv)
	if first.Name == "OIDC_AUDIENCE" && text == "" && err == nil {
		return first.read(getenv)
	}
	return text, err
}
