package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
)

func changesCount(t *testing.T, open opener) {
	s := open(t, roomy)
	item := create(t, s, alice, "Lantern")
	for version, named := range []handlers.Version{2: 1, 3: handlers.AnyVersion, 4: 3} {
		if named == 0 {
			continue
		}
		item.Name, item.Version, item.UpdatedAt = fmt.Sprint("Lantern ", version), named, item.UpdatedAt.Add(time.Minute)
		changed, err := s.Update(t.Context(), item)
		item.Version = handlers.Version(version)
		if err != nil || changed != item {
			t.Fatalf("changed to %+v with the error %v, want %+v", changed, err, item)
		}
		wantFound(t, s, item)
	}
}

func changesForAnotherVersion(t *testing.T, open opener) {
	s := open(t, roomy)
	item := create(t, s, alice, "Lantern")
	for _, version := range []handlers.Version{0, 2, 1 << 62, -2} {
		changed := item
		changed.Name, changed.Version = "Lamp", version
		_, err := s.Update(t.Context(), changed)
		wantError(t, err, problem.PreconditionFailed)
		wantError(t, s.Delete(t.Context(), item.ID, version), problem.PreconditionFailed)
	}
	wantFound(t, s, item)
}

// crowd is how many do the same at once.
const crowd = 6

// together runs a task for each of a crowd and returns how often each error came of it.
func together(task func(i int) error) map[error]int {
	var all sync.WaitGroup
	var mu sync.Mutex
	counts := map[error]int{}
	for i := range crowd {
		all.Go(func() {
			err := task(i)
			mu.Lock()
			defer mu.Unlock()
			counts[err]++
		})
	}
	all.Wait()
	return counts
}

func oneOfManyChanges(t *testing.T, open opener) {
	stores := []handlers.Store{open(t, roomy), open(t, roomy)}
	item := create(t, stores[0], alice, "Lantern")
	if _, err := stores[1].Get(t.Context(), item.ID); err != nil {
		stores[1] = stores[0] // of a kind whose instances share nothing
	}
	got := together(func(i int) error {
		changed := item
		changed.Name = fmt.Sprint(i)
		_, err := stores[i%2].Update(t.Context(), changed)
		return err
	})
	if got[nil] != 1 || got[problem.PreconditionFailed] != crowd-1 {
		t.Errorf("changes end with %v", got)
	}
	got = together(func(i int) error { return stores[i%2].Delete(t.Context(), item.ID, 2) })
	if got[nil] != 1 || got[problem.NotFound] != crowd-1 {
		t.Errorf("deletions end with %v", got)
	}
}
