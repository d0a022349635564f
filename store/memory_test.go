package store_test

import (
	"testing"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
)

func TestMemory(t *testing.T) {
	suite(t, func(*testing.T) opener {
		return func(_ *testing.T, limits handlers.Limits) handlers.Store {
			m := handlers.NewMemory()
			m.Limits = limits
			return m
		}
	})
}

func TestMemoryKeepsSoMuchAndNoMore(t *testing.T) {
	s := handlers.NewMemory()
	s.Limits = handlers.Limits{Items: 2, OwnerItems: 2}
	create(t, s, alice, "a")
	last := create(t, s, bob, "b")
	_, err := s.Create(t.Context(), handlers.Item{Owner: alice})
	wantError(t, err, problem.LimitReached)
	if err := s.Delete(t.Context(), last.ID, handlers.AnyVersion); err != nil {
		t.Error(err)
	}
	create(t, s, alice, "in its place")
}
