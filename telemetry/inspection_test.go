package telemetry_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry"
)

// TestTheLatestRejectionsCanBeInspected sends one more than the log stores.
func TestTheLatestRejectionsCanBeInspected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t, apitest.Env("DOCS=on", "DEVELOPMENT=true", "TRUSTED_PROXIES=192.0.2.1"))
		inspect := func(instance string) *apitest.Response {
			return api.Call(t, "", "POST /docs/inspect", `{"instance":"`+instance+`"}`)
		}
		var instances []string
		for n := range 301 {
			r := api.Call(t, "", "GET /me", "", fmt.Sprintf("X-Forwarded-For: 10.0.0.%d", n/2))
			instances = append(instances, apitest.Decode[problem.Body](t, r).Instance)
		}
		for _, instance := range instances[1:] {
			got := apitest.Decode[telemetry.Rejection](t, inspect(instance))
			if got.Instance != instance || got.Code != "credentials-missing" || got.Route != "/me" {
				t.Fatalf("%s is %+v", instance, got)
			}
		}
		inspect(instances[0]).WantProblem(t, problem.NotFound)
	})
}
