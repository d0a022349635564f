package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/gatehouse/auth"
)

// IntrospectionVariables say whether and how the provider is asked about tokens.
type IntrospectionVariables struct {
	Introspection             auth.IntrospectionMode `env:"INTROSPECTION" for:"issuer" one:"off,opaque,always" meaning:"whether the provider is asked about opaque tokens, or about every token"`
	IntrospectionURL          string                 `env:"INTROSPECTION_URL" for:"issuer" check:"url" meaning:"the address of the provider's introspection; by default as its metadata says"`
	IntrospectionClientID     string                 `env:"INTROSPECTION_CLIENT_ID" for:"issuer" meaning:"the API's client at the provider, which may introspect tokens"`
	IntrospectionClientSecret auth.Secret            `env:"INTROSPECTION_CLIENT_SECRET" for:"issuer" secret:"true" meaning:"the secret of that client"`
	IntrospectionCache        time.Duration          `env:"INTROSPECTION_CACHE" for:"issuer" default:"30s" max:"5m" meaning:"how long the provider's answer about a token is used; 0s means not at all"`
}

// Introspecting returns how the provider is asked about tokens.
func (v *IntrospectionVariables) Introspecting() auth.Introspection {
	cache := v.IntrospectionCache
	if cache == 0 {
		cache = -1 // zero is auth's default
	}
	return auth.Introspection{
		Mode: v.Introspection, URL: v.IntrospectionURL, ClientID: v.IntrospectionClientID, ClientSecret: v.IntrospectionClientSecret, Cache: cache,
	}
}

// Introspects reports whether the provider is asked about any token.
func (v *IntrospectionVariables) Introspects() bool {
	return v.Introspection != "" && v.Introspection != auth.IntrospectionOff
}

// verify implements [group].
func (v *IntrospectionVariables) verify(c *auth.Config) { c.Introspection = v.Introspecting() }

// development implements [group]: the client is one of the development provider.
func (v *IntrospectionVariables) development() map[string]string {
	return map[string]string{
		"INTROSPECTION_URL": "", "INTROSPECTION_CLIENT_ID": "service", "INTROSPECTION_CLIENT_SECRET": "service-secret", "INTROSPECTION_CLIENT_SECRET_FILE": "",
	}
}

// check implements [group].
func (v *IntrospectionVariables) check(c *Config, wrong map[string]bool) (all []error) {
	if !v.Introspects() || wrong["INTROSPECTION"] {
		return nil
	}
	add := func(name, problem string) {
		if !wrong[name] {
			all = append(all, variableError{name, errors.New(problem)})
		}
	}
	if v.IntrospectionClientID == "" {
		add("INTROSPECTION_CLIENT_ID", fmt.Sprintf("not set: with INTROSPECTION=%s, the provider must know who asks", v.Introspection))
	}
	if v.IntrospectionClientSecret == "" {
		add("INTROSPECTION_CLIENT_SECRET", fmt.Sprintf("not set: with INTROSPECTION=%s, the provider must know who asks; INTROSPECTION_CLIENT_SECRET_FILE can name a file with it", v.Introspection))
	}
	if strings.Contains(c.Issuer, auth.TenantTemplate) {
		add("INTROSPECTION", "OIDC_ISSUER has "+auth.TenantTemplate+" in it, and answers are those of one issuer")
	}
	return all
}
