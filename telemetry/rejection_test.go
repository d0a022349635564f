package telemetry

import (
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/telemetry/logtest"
)

// No route of this API requires a kind of sign-in, so the attributes are tested without one.
func TestARejectionNamesEveryRequirement(t *testing.T) {
	for _, test := range []struct {
		name     string
		required auth.Requirement
		want     map[string]any
	}{
		{"none", auth.Requirement{}, map[string]any{}},
		{"scopes", auth.Requirement{Scopes: []string{"a", "b"}}, map[string]any{"scope": "a b"}},
		{"a role", auth.Requirement{Roles: []string{"admin"}}, map[string]any{"roles": "admin"}},
		{"a sign-in", auth.Requirement{ACR: []string{"gold"}, MaxAge: 5 * time.Minute}, map[string]any{"acr_values": "gold", "max_age": 300.0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log logtest.Buffer
			log.Logger().LogAttrs(t.Context(), 0, "rejected", Rejection{Required: test.required}.attrs()...)
			got, _ := log.Records(t, "rejected")[0]["required"].(map[string]any)
			for name, want := range test.want {
				if got[name] != want {
					t.Errorf("%s is %v, want %v", name, got[name], want)
				}
			}
			if len(got) != len(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
