package openapi

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"example.com/gatehouse/auth/ginauth"
)

// mismatch returns every difference between the document, the described scopes and the routes.
func mismatch(doc object, scopes []Scope, routes []ginauth.Route) error {
	described := operations(doc)
	var wrong []error
	report := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }

	for _, route := range routes {
		name := route.Method + " " + route.Path
		_, ok := described[name]
		delete(described, name)
		switch {
		case ok && route.Hidden:
			report("docs/openapi.json describes %s, which the route table hides: remove its @Router comment or Hidden, and run make docs", name)
		case !ok && !route.Hidden:
			report("%s is served but docs/openapi.json does not describe it: add its @Router comment and run make docs", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(described)) {
		report("docs/openapi.json describes %s, which no route serves: declare the route or remove its @Router comment, and run make docs", name)
	}
	if _, ok := child(child(doc, "components"), "schemas")["Problem"]; !ok && len(routes) > 0 {
		report("docs/openapi.json has no schema Problem: name it in a @Failure comment and run make docs")
	}
	return errors.Join(append(wrong, scopeMismatch(scopes, routes)...)...)
}

// scopeMismatch returns every difference between the scopes that are described and those that routes ask for.
func scopeMismatch(scopes []Scope, routes []ginauth.Route) (wrong []error) {
	described, asked := map[string]bool{}, map[string]bool{}
	for _, s := range scopes {
		described[s.Name] = true
	}
	for _, route := range routes {
		for _, scope := range route.Requirement.Scopes {
			asked[scope] = true
			if !described[scope] && !route.Hidden {
				wrong = append(wrong, fmt.Errorf("%s %s asks for the scope %s, which has no description", route.Method, route.Path, scope))
			}
		}
	}
	for _, s := range scopes {
		if !asked[s.Name] {
			wrong = append(wrong, fmt.Errorf("the scope %s has a description, and no route asks for it", s.Name))
		}
		if s.Description == "" {
			wrong = append(wrong, fmt.Errorf("the description of the scope %s is empty", s.Name))
		}
	}
	return wrong
}
