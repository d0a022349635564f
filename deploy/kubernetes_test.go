package deploy

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// A cluster is what the manifests declare.
type cluster struct {
	config     core.ConfigMap
	secret     core.Secret
	deployment apps.Deployment
	service    core.Service
	budget     policy.PodDisruptionBudget
	network    networking.NetworkPolicy
}

// manifests reads the manifests strictly: a member that the API of Kubernetes lacks is an error.
func manifests(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{}
	kinds := map[string]any{
		"ConfigMap": &c.config, "Secret": &c.secret, "Deployment": &c.deployment, "Service": &c.service,
		"PodDisruptionBudget": &c.budget, "NetworkPolicy": &c.network,
	}
	var customization struct{ Resources []string }
	if err := yaml.Unmarshal([]byte(file(t, "deploy/kubernetes/kustomization.yaml")), &customization); err != nil {
		t.Fatal(err)
	}
	for _, name := range customization.Resources {
		for document := range strings.SplitSeq(file(t, "deploy/kubernetes/"+name), "\n---\n") {
			var object struct{ Kind string }
			if err := yaml.Unmarshal([]byte(document), &object); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := readStrictly(document, kinds[object.Kind]); err != nil {
				t.Fatalf("%s: %s: %v", name, object.Kind, err)
			}
			delete(kinds, object.Kind)
		}
	}
	if len(kinds) > 0 {
		t.Fatalf("these kinds are missing: %v", slices.Sorted(maps.Keys(kinds)))
	}
	found, err := filepath.Glob("kubernetes/*.yaml")
	if err != nil || len(found) != len(customization.Resources)+1 {
		t.Fatalf("kustomization.yaml lists %v of %v", customization.Resources, found)
	}
	return c
}

// readStrictly reads an object as the API server does: unknown members and members in another case are errors.
func readStrictly(document string, object any) error {
	text, err := yaml.YAMLToJSONStrict([]byte(document))
	if err != nil {
		return err
	}
	wrong, err := json.UnmarshalStrict(text, object)
	return errors.Join(append(wrong, err)...)
}

func TestPodsHaveFewPrivileges(t *testing.T) {
	spec := manifests(t).deployment.Spec.Template.Spec
	api := spec.Containers[0]
	for property, holds := range map[string]bool{
		"does not run as root":                   *spec.SecurityContext.RunAsNonRoot && *spec.SecurityContext.RunAsUser == 65532,
		"is limited to the default system calls": spec.SecurityContext.SeccompProfile.Type == core.SeccompProfileTypeRuntimeDefault,
		"has no token for the cluster":           !*spec.AutomountServiceAccountToken,
		"has a read-only file system":            *api.SecurityContext.ReadOnlyRootFilesystem,
		"gains no privileges":                    !*api.SecurityContext.AllowPrivilegeEscalation,
		"has no capabilities":                    slices.Equal(api.SecurityContext.Capabilities.Drop, []core.Capability{"ALL"}),
		"has a memory limit":                     !api.Resources.Limits.Memory().IsZero(),
		"has more than one replica":              *manifests(t).deployment.Spec.Replicas >= 2,
	} {
		if !holds {
			t.Errorf("no longer true: the pod %s", property)
		}
	}
	if user := "USER 65532:65532\n"; !strings.Contains(file(t, "Dockerfile"), user) {
		t.Errorf("the Dockerfile lacks %s", user)
	}
}

func TestProbesUseRoutesOfTheAPI(t *testing.T) {
	api := manifests(t).deployment.Spec.Template.Spec.Containers[0]
	served := file(t, "docs/openapi.json")
	for name, probe := range map[string]*core.Probe{"startup": api.StartupProbe, "liveness": api.LivenessProbe, "readiness": api.ReadinessProbe} {
		if probe == nil || !strings.Contains(served, `"`+probe.HTTPGet.Path+`"`) {
			t.Errorf("the API does not serve the path of the %s probe: %v", name, probe)
		}
	}
	if path := api.LivenessProbe.HTTPGet.Path; path != "/healthz" {
		t.Errorf("an unreachable provider would restart the pods: the liveness probe uses %s", path)
	}
	if port := api.Ports[0]; port.Name != api.LivenessProbe.HTTPGet.Port.StrVal || port.ContainerPort != 8080 {
		t.Errorf("the port is %v", port)
	}
}

func TestManifestsAgree(t *testing.T) {
	c := manifests(t)
	labels := c.deployment.Spec.Template.Labels
	for name, selector := range map[string]map[string]string{
		"the deployment": c.deployment.Spec.Selector.MatchLabels, "the service": c.service.Spec.Selector,
		"the budget": c.budget.Spec.Selector.MatchLabels, "the network policy": c.network.Spec.PodSelector.MatchLabels,
	} {
		if !maps.Equal(selector, labels) {
			t.Errorf("%s selects %v, the pods have %v", name, selector, labels)
		}
	}
	from := c.deployment.Spec.Template.Spec.Containers[0].EnvFrom
	if from[0].ConfigMapRef.Name != c.config.Name || from[1].SecretRef.Name != c.secret.Name {
		t.Errorf("the pods read their variables from %v", from)
	}
	known := variables(t)
	for _, name := range slices.Concat(slices.Collect(maps.Keys(c.config.Data)), slices.Collect(maps.Keys(c.secret.StringData))) {
		if !slices.Contains(known, name) {
			t.Errorf(".env.example does not describe %s", name)
		}
	}
}
