package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
)

// fill keeps n items for an owner.
func fill(t *testing.T, store handlers.Store, owner auth.Identity, n int) {
	t.Helper()
	for range n {
		if _, err := store.Create(t.Context(), handlers.Item{Owner: owner}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestACallerKeepsSoMuchAndNoMore(t *testing.T) {
	store := handlers.NewMemory()
	s := serve(t, func(c *handlers.Config) { c.Store = store })
	fill(t, store, auth.Identity{Issuer: s.issuer.URL, Subject: "alice"}, 999)
	last, _ := s.create(t, s.user("alice"), "the thousandth")
	s.call(t, s.user("alice"), "POST /items", named("one more")).wantProblem(t, problem.LimitReached, "")
	s.create(t, s.user("bob"), "somebody else's")
	s.call(t, s.user("alice"), "PUT /items/"+last.ID, named("changed"))
	s.call(t, s.user("alice"), "DELETE /items/"+last.ID, "")
	s.create(t, s.user("alice"), "in its place")
	s.call(t, s.user("alice"), "POST /items", named("one more")).wantProblem(t, problem.LimitReached, "")
}

func TestAllCallersKeepSoMuchAndNoMore(t *testing.T) {
	store := handlers.NewMemory()
	for i := range 10 {
		fill(t, store, auth.Identity{Subject: fmt.Sprint(i)}, 1000)
	}
	_, err := store.Create(t.Context(), handlers.Item{Owner: auth.Identity{Subject: "another"}})
	if !errors.Is(err, problem.LimitReached) {
		t.Errorf("the item after ten thousand is answered with %v", err)
	}
}

// Readers that never write share no lock with a writer but those of their own reading.
func TestAMemoryServesManyAtOnce(t *testing.T) {
	store, ctx := handlers.NewMemory(), t.Context()
	tasks := []func() error{
		func() error { _, err := store.ListAll(ctx, "", 10); return err },
		func() error { _, err := store.List(ctx, auth.Identity{Subject: "0"}, "", 10); return err },
		func() error { store.Get(ctx, "1"); return nil },
	}
	for i := range 8 {
		owner := auth.Identity{Subject: fmt.Sprint(i)}
		tasks = append(tasks, func() error { return roundTrip(ctx, store, handlers.Item{Owner: owner}) })
	}
	var all sync.WaitGroup
	for _, task := range tasks {
		all.Go(func() {
			for range 100 {
				if err := task(); err != nil {
					t.Error(err)
				}
				runtime.Gosched()
			}
		})
	}
	all.Wait()
	if left, err := store.ListAll(ctx, "", 1000); err != nil || len(left) != 0 {
		t.Errorf("%d items are left, and the error is %v", len(left), err)
	}
}

// roundTrip creates, changes, lists, reads and deletes an item, which is the only one of its owner.
func roundTrip(ctx context.Context, store handlers.Store, item handlers.Item) error {
	item, err := store.Create(ctx, item)
	if err != nil {
		return err
	}
	item.Name = "changed"
	if item, err = store.Update(ctx, item); err != nil {
		return err
	}
	if list, err := store.List(ctx, item.Owner, "", 10); err != nil || len(list) != 1 || list[0] != item {
		return fmt.Errorf("the owner has %+v and %w, want %+v", list, err, item)
	}
	if found, err := store.Get(ctx, item.ID); err != nil || found != item {
		return fmt.Errorf("found %+v and %w, want %+v", found, err, item)
	}
	return store.Delete(ctx, item.ID, item.Version)
}
