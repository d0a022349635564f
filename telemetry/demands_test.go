package telemetry

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
)

func TestTheLogNamesAllThatARouteAsks(t *testing.T) {
	for _, test := range []struct {
		name     string
		required auth.Requirement
		want     string
	}{
		{"any token", auth.Requirement{}, ""},
		{"scopes", auth.Requirement{Scopes: []string{"a", "b"}}, ` required.scope="a b"`},
		{"a role", auth.Requirement{Roles: []string{"admin"}}, " required.roles=admin"},
		{"a sign-in", auth.Requirement{ACR: []string{"gold"}, MaxAge: 5 * time.Minute}, " required.acr_values=gold required.max_age=300"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log strings.Builder
			slog.New(slog.NewTextHandler(&log, nil)).LogAttrs(t.Context(), slog.LevelInfo, "m", Record{Required: test.required}.attrs()...)
			if _, got, _ := strings.Cut(strings.TrimSpace(log.String()), "msg=m"); got != test.want {
				t.Errorf("the log says %q, want %q", got, test.want)
			}
		})
	}
}
