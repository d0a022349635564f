package handlers_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
)

// TestAdvisedSettingsAcceptTheToken sends every golden token with every profile, with the settings that it needs and without
// its clients, and follows what explain and the body say that the operator must set.
func TestAdvisedSettingsAcceptTheToken(t *testing.T) {
	for _, g := range goldenTokens(t) {
		if g.Claims == nil {
			continue
		}
		t.Run(g.Name, func(t *testing.T) {
			t.Parallel() // it takes longer than any other test
			p := g.provider("https://id.example.com")
			token := auth.AccessToken(g.sign(p))
			for _, name := range auth.Profiles() {
				complete := g.config(p, name)
				twoVariables := complete
				if twoVariables.Clients = nil; len(twoVariables.Audience) == 0 {
					twoVariables.Audience = []string{"https://api.example.com"}
				}
				for _, c := range []auth.Config{complete, twoVariables} {
					checkAdvice(t, name, c, token, g.clients())
				}
			}
		})
	}
}

func checkAdvice(t *testing.T, name string, c auth.Config, token auth.AccessToken, clients []string) {
	t.Helper()
	v, err := auth.Connect(t.Context(), c)
	if err != nil {
		return // the profile cannot be used with these settings
	}
	v.Verify(t.Context(), token) // which fetches the keys
	_, err = v.Verify(t.Context(), token)
	if err == nil {
		return
	}
	variant, facts := problem.VariantOf(err)
	_, hint := variant.Texts(v.Published(), facts...)
	if strings.Contains(hint, "operator of the API must set TOKEN_PROFILE=") || strings.Contains(hint, "must set OIDC_CLIENTS (") {
		if err := rejectedWith(t, follow(c, hint, clients), token); err != nil {
			t.Errorf("%s: %v after %s", name, err, hint)
		}
	}
	for _, check := range v.Explain(t.Context(), token).Checks {
		if setting.MatchString(check.Advice) {
			err := rejectedWith(t, follow(c, check.Advice, nil), token)
			if err != nil && !errors.Is(err, problem.AudienceWrong) && !errors.Is(err, problem.TokenExpired) {
				t.Errorf("%s: %v after %s", name, err, check.Advice)
			}
		}
	}
}

var (
	setting = regexp.MustCompile(`set (TOKEN_PROFILE|OIDC_CLIENTS)=`)
	toSet   = regexp.MustCompile(`(TOKEN_PROFILE|OIDC_CLIENTS)(?:=| \()([^ ;)]+)`)
)

// follow returns the configuration with what a text says to set.
func follow(c auth.Config, text string, clients []string) auth.Config {
	for _, found := range toSet.FindAllStringSubmatch(text, -1) {
		switch name, value := found[1], strings.TrimRight(found[2], ".,"); name {
		case "TOKEN_PROFILE":
			c.Profile, _ = auth.ProfileByName(value)
		case "OIDC_CLIENTS":
			if c.Clients = strings.Split(value, ","); clients != nil { // the body does not name them
				c.Clients = clients
			}
		}
	}
	if strings.Contains(text, "in place of OIDC_AUDIENCE") {
		c.Audience = nil
	}
	return c
}

func rejectedWith(t *testing.T, c auth.Config, token auth.AccessToken) error {
	v, err := auth.Connect(t.Context(), c)
	if err == nil {
		_, err = v.Verify(t.Context(), token)
	}
	return err
}
