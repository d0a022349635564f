package store_test

import (
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
)

func ownersLimit(t *testing.T, open opener) {
	s := open(t, handlers.Limits{Items: 100, OwnerItems: 2})
	create(t, s, alice, "a")
	last := create(t, s, alice, "b")
	wantFull := func() {
		t.Helper()
		_, err := s.Create(t.Context(), handlers.Item{Owner: alice})
		wantError(t, err, problem.LimitReached)
	}
	wantFull()
	create(t, s, bob, "somebody else's")
	create(t, s, auth.Identity{Issuer: alice.Issuer, Subject: alice.Subject, Client: true}, "an application's")
	if _, err := s.Update(t.Context(), last); err != nil {
		t.Error(err)
	}
	wantFull()
	if err := s.Delete(t.Context(), last.ID, handlers.AnyVersion); err != nil {
		t.Error(err)
	}
	create(t, s, alice, "in its place")
	wantFull()
}

func limitsUnderLoad(t *testing.T, open opener) {
	s := open(t, handlers.Limits{Items: 100, OwnerItems: 5})
	got := together(func(int) error { _, err := s.Create(t.Context(), handlers.Item{Owner: alice}); return err })
	kept, err := s.List(t.Context(), alice, "", 100)
	if err != nil || len(kept) != got[nil] || got[nil]+got[problem.LimitReached] != crowd || len(kept) > 5 {
		t.Errorf("%d are kept, creating ends with %v, and the error is %v", len(kept), got, err)
	}
}
