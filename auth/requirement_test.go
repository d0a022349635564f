package auth

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"example.com/gatehouse/problem"
)

func TestAndRequiresBoth(t *testing.T) {
	for _, test := range []struct {
		name       string
		a, b, both Requirement
	}{
		{"nothing and nothing", Requirement{}, Requirement{}, Requirement{}},
		{"scopes of both, each once", Requirement{Scopes: []string{"a", "b"}}, Requirement{Scopes: []string{"b", "c"}}, Requirement{Scopes: []string{"a", "b", "c"}}},
		{"roles of both", Requirement{Roles: []string{"a"}}, Requirement{Roles: []string{"b"}}, Requirement{Roles: []string{"a", "b"}}},
		{"the classes of the first alone", Requirement{ACR: []string{"1"}}, Requirement{}, Requirement{ACR: []string{"1"}}},
		{"the classes of the second alone", Requirement{}, Requirement{ACR: []string{"1"}}, Requirement{ACR: []string{"1"}}},
		{"the classes that both accept", Requirement{ACR: []string{"1", "2"}}, Requirement{ACR: []string{"2", "3"}}, Requirement{ACR: []string{"2"}}},
		{"classes that exclude each other", Requirement{ACR: []string{"1"}}, Requirement{ACR: []string{"2"}}, Requirement{ACR: []string{}}},
		{"the shorter age, first", Requirement{MaxAge: 1}, Requirement{MaxAge: 2}, Requirement{MaxAge: 1}},
		{"the shorter age, second", Requirement{MaxAge: 2}, Requirement{MaxAge: 1}, Requirement{MaxAge: 1}},
		{"the age of the first alone", Requirement{MaxAge: 2}, Requirement{}, Requirement{MaxAge: 2}},
		{"the age of the second alone", Requirement{}, Requirement{MaxAge: 2}, Requirement{MaxAge: 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.a.And(test.b); !reflect.DeepEqual(got, test.both) {
				t.Errorf("got %+v, want %+v", got, test.both)
			}
		})
	}
}

// TestAndChangesNeither extends one requirement twice: the second does not change the first.
func TestAndChangesNeither(t *testing.T) {
	parent := Requirement{Scopes: make([]string, 1, 9), Roles: make([]string, 1, 9), ACR: []string{"1", "2", "3"}}
	first := parent.And(Requirement{Scopes: []string{"a"}, Roles: []string{"a"}, ACR: []string{"1"}})
	parent.And(Requirement{Scopes: []string{"b"}, Roles: []string{"b"}, ACR: []string{"3"}})
	if want := []string{"", "a"}; !slices.Equal(first.Scopes, want) || !slices.Equal(first.Roles, want) {
		t.Errorf("got %+v", first)
	}
	if !slices.Equal(parent.ACR, []string{"1", "2", "3"}) || !slices.Equal(first.ACR, []string{"1"}) {
		t.Errorf("got %+v and %+v", parent, first)
	}
}

func TestCheckComparesCallerAndRequirement(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	caller := &Principal{Scopes: []string{"read", "write"}, Roles: []string{"admin", "user"}, ACR: "gold", SignedIn: now.Add(-time.Minute)}
	for _, test := range []struct {
		name        string
		requirement Requirement
		caller      *Principal
		problem     *problem.Type // nil if the caller meets it
	}{
		{"nothing is met by every caller", Requirement{}, &Principal{}, nil},
		{"one scope", Requirement{Scopes: []string{"read"}}, caller, nil},
		{"all scopes", Requirement{Scopes: []string{"write", "read"}}, caller, nil},
		{"one scope of two", Requirement{Scopes: []string{"read", "delete"}}, caller, problem.ScopeInsufficient},
		{"part of a scope", Requirement{Scopes: []string{"rea"}}, caller, problem.ScopeInsufficient},
		{"a scope, and there is none", Requirement{Scopes: []string{"read"}}, &Principal{}, problem.ScopeInsufficient},
		{"a role in place of a scope", Requirement{Scopes: []string{"admin"}}, caller, problem.ScopeInsufficient},
		{"all roles", Requirement{Roles: []string{"admin", "user"}}, caller, nil},
		{"one role of two", Requirement{Roles: []string{"admin", "root"}}, caller, problem.AccessDenied},
		{"a scope in place of a role", Requirement{Roles: []string{"read"}}, caller, problem.AccessDenied},
		{"one class of several", Requirement{ACR: []string{"silver", "gold"}}, caller, nil},
		{"another class", Requirement{ACR: []string{"silver"}}, caller, problem.StepUpRequired},
		{"a class, and there is none", Requirement{ACR: []string{"gold"}}, &Principal{}, problem.StepUpRequired},
		{"classes that exclude each other", Requirement{ACR: []string{}}, caller, problem.StepUpRequired},
		{"an age that is just reached", Requirement{MaxAge: time.Minute}, caller, nil},
		{"an age that is just past", Requirement{MaxAge: time.Minute - 1}, caller, problem.StepUpRequired},
		{"an age, and no time of the sign-in", Requirement{MaxAge: time.Hour}, &Principal{}, problem.StepUpRequired},
		{"scope before role", Requirement{Scopes: []string{"x"}, Roles: []string{"x"}}, caller, problem.ScopeInsufficient},
		{"role before step-up", Requirement{Roles: []string{"x"}, ACR: []string{"x"}}, caller, problem.AccessDenied},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.requirement.Check(test.caller, now)
			if test.problem == nil {
				if err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			rejected, ok := errors.AsType[*Error](err)
			if !ok || rejected.Type != test.problem || !reflect.DeepEqual(rejected.Required, test.requirement) {
				t.Errorf("got %+v, want %v", err, test.problem)
			}
		})
	}
}

func TestARequirementIsMarshalledLikeAChallenge(t *testing.T) {
	for want, q := range map[string]Requirement{
		`{}`: {},
		`{"scopes":["a"],"roles":["b"],"acr_values":["c"],"max_age":300}`: {Scopes: []string{"a"}, Roles: []string{"b"}, ACR: []string{"c"}, MaxAge: 5 * time.Minute},
	} {
		if got, err := json.Marshal(q); string(got) != want || err != nil {
			t.Errorf("%+v is written %s, want %s, and %v", q, got, want, err)
		}
	}
}
