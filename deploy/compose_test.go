package deploy

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// project loads compose.yaml by the schema of the Compose specification.
func project(t *testing.T) *types.Project {
	t.Helper()
	p, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir: ".", ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml"}}, Environment: types.Mapping{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// setting returns a variable of a service.
func setting(t *testing.T, service, name string) string {
	t.Helper()
	value := project(t).Services[service].Environment[name]
	if value == nil {
		t.Fatalf("%s has no %s", service, name)
	}
	return *value
}

func TestComposeAPIUsesTheIssuerOfItsKeycloak(t *testing.T) {
	issuer := setting(t, "keycloak", "KC_HOSTNAME") + "/realms/" + readRealm(t).Realm
	if got := setting(t, "api", "OIDC_ISSUER"); got != issuer {
		t.Errorf("OIDC_ISSUER is %s, the issuer of the realm is %s", got, issuer)
	}
	if mode := project(t).Services["api"].NetworkMode; mode != "service:keycloak" {
		t.Errorf("localhost differs between the API and the browser: network_mode is %q", mode)
	}
}

func TestComposeSetsVariablesOfTheAPI(t *testing.T) {
	known := variables(t)
	for name := range project(t).Services["api"].Environment {
		if !slices.Contains(known, name) {
			t.Errorf(".env.example does not describe %s", name)
		}
	}
}

func TestComposeServicesListenOnLoopback(t *testing.T) {
	for name, service := range project(t).Services {
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s listens on %s:%s, which other machines can reach", name, port.HostIP, port.Published)
			}
		}
	}
}

func TestComposeServicesHaveHealthChecks(t *testing.T) {
	for name, service := range project(t).Services {
		if service.Image == "" || service.HealthCheck == nil && name != "api" { // the API's is in its image
			t.Errorf("%s has no image or no health check", name)
		}
	}
}

func TestComposeFindsItsFiles(t *testing.T) {
	services := project(t).Services
	paths := []string{filepath.Join(services["api"].Build.Context, services["api"].Build.Dockerfile)}
	for _, volume := range services["keycloak"].Volumes {
		paths = append(paths, volume.Source)
	}
	if len(paths) != 2 {
		t.Errorf("got %v, want the Dockerfile and the realm", paths)
	}
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || info.IsDir() {
			t.Errorf("%s is no file: %v", path, err)
		}
	}
}
