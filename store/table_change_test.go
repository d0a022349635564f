package store_test

import (
	"fmt"
	"reflect"
	"testing"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
)

func testUpdate(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	row := create(t, table, alice, "Lantern")
	for _, test := range []struct{ based, next store.Version }{{1, 2}, {store.AnyVersion, 3}, {3, 4}} {
		row.Name, row.Version = fmt.Sprint("Lantern ", test.next), test.based
		row = update(t, table, row)
		if want := fmt.Sprintf(`"%d"`, test.next); row.Version != test.next || row.ETag() != want {
			t.Errorf("got the version %d and the ETag %s, want %s", row.Version, row.ETag(), want)
		}
	}
}

// update fails unless the row is stored as it is, with its next version.
func update(t *testing.T, table *samples, row sample) sample {
	t.Helper()
	updated, err := table.Update(t.Context(), row)
	if row.Version != store.AnyVersion && updated.Version != row.Version+1 {
		t.Errorf("got the version %d after %d", updated.Version, row.Version)
	}
	row.Version, row.UpdatedAt = updated.Version, updated.UpdatedAt
	if err != nil || !reflect.DeepEqual(updated, row) {
		t.Fatalf("updated to %+v with the error %v, want %+v", updated, err, row)
	}
	wantFound(t, table, row)
	return updated
}

func testOtherVersion(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	row := create(t, table, alice, "Lantern")
	for _, version := range []store.Version{0, 2, 1 << 62, -2} {
		changed := row
		changed.Name, changed.Version = "Lamp", version
		_, err := table.Update(t.Context(), changed)
		wantError(t, err, problem.PreconditionFailed)
		wantError(t, table.Delete(t.Context(), row.ID, version), problem.PreconditionFailed)
	}
	wantFound(t, table, row)
}

func testConcurrentChanges(t *testing.T, open opener) {
	tables := []*samples{samplesIn(t, open(t)), samplesIn(t, open(t))}
	row := create(t, tables[0], alice, "Lantern")
	got := concurrently(func(i int) error {
		changed := row
		changed.Name = fmt.Sprint(i)
		_, err := tables[i%2].Update(t.Context(), changed)
		return err
	})
	if got[nil] != 1 || got[problem.TagOther] != concurrency-1 {
		t.Errorf("updates end with %v", got)
	}
	got = concurrently(func(i int) error { return tables[i%2].Delete(t.Context(), row.ID, 2) })
	if got[nil] != 1 || got[problem.RowAbsent] != concurrency-1 {
		t.Errorf("deletions end with %v", got)
	}
}

func testConcurrentOperations(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	got := concurrently(func(i int) error {
		owner := store.Owner{Subject: fmt.Sprint(i)}
		for range 25 {
			if err := roundTrip(t, table, owner); err != nil {
				return err
			}
		}
		return nil
	})
	if got[nil] != concurrency {
		t.Errorf("round trips end with %v", got)
	}
	rows, _, err := table.ListAll(t.Context(), "", 10)
	wantNames(t, rows, err, "")
}

// roundTrip creates, updates, lists, reads and deletes a row, which is the only one of its owner.
func roundTrip(t *testing.T, table *samples, owner store.Owner) error {
	row, err := table.Create(t.Context(), owner, sample{Name: "created"})
	if err != nil {
		return err
	}
	row.Name = "updated"
	if row, err = table.Update(t.Context(), row); err != nil {
		return err
	}
	if rows, _, err := table.List(t.Context(), owner, "", 10); err != nil || !reflect.DeepEqual(rows, []sample{row}) {
		return fmt.Errorf("listed %+v with the error %w, want %+v", rows, err, row)
	}
	if found, err := table.Get(t.Context(), owner, row.ID); err != nil || !reflect.DeepEqual(found, row) {
		return fmt.Errorf("found %+v with the error %w, want %+v", found, err, row)
	}
	return table.Delete(t.Context(), row.ID, row.Version)
}
