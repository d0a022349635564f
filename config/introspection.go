package config

import (
	"errors"
	"fmt"
	"strings"

	"example.com/gatehouse/auth"
)

// introspection returns how the provider is asked about tokens.
func (c *Config) introspection() auth.Introspection {
	cache := c.IntrospectionCache
	if cache == 0 {
		cache = -1 // zero is auth's default
	}
	return auth.Introspection{
		Mode: c.Introspection, URL: c.IntrospectionURL, ClientID: c.IntrospectionClientID, ClientSecret: c.IntrospectionClientSecret, Cache: cache,
	}
}

// Introspects reports whether the provider is asked about any token.
func (c *Config) Introspects() bool {
	return c.Introspection != "" && c.Introspection != auth.IntrospectionOff
}

// checkIntrospection returns what is wrong with the variables of introspection together, unless one of them is wrong itself.
func (c *Config) checkIntrospection(wrong map[string]bool) (all []error) {
	if !c.Introspects() || wrong["INTROSPECTION"] {
		return nil
	}
	add := func(name, problem string) {
		if !wrong[name] {
			all = append(all, variableError{name, errors.New(problem)})
		}
	}
	if c.IntrospectionClientID == "" {
		add("INTROSPECTION_CLIENT_ID", fmt.Sprintf("not set: with INTROSPECTION=%s, the provider must know who asks", c.Introspection))
	}
	if c.IntrospectionClientSecret == "" {
		add("INTROSPECTION_CLIENT_SECRET", fmt.Sprintf("not set: with INTROSPECTION=%s, the provider must know who asks; INTROSPECTION_CLIENT_SECRET_FILE can name a file with it", c.Introspection))
	}
	if strings.Contains(c.Issuer, auth.TenantTemplate) {
		add("INTROSPECTION", "OIDC_ISSUER has "+auth.TenantTemplate+" in it, and answers are those of one issuer")
	}
	return all
}
