package store_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
)

func TestMemoryIsBounded(t *testing.T) {
	db := open(t, "memory:")
	if got, err := db.Query(t.Context(), "PRAGMA max_page_count"); err != nil || got != "16384" {
		t.Errorf("max_page_count is %s with the error %v", got, err)
	}
	table := samplesIn(t, db)
	used, err := db.Query(t.Context(), "PRAGMA page_count")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(used)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Query(t.Context(), fmt.Sprint("PRAGMA max_page_count = ", pages+32)); err != nil {
		t.Fatal(err)
	}
	var last sample
	for i := 0; err == nil; i++ { // every row has another owner
		var row sample
		if row, err = table.Create(t.Context(), store.Owner{Subject: fmt.Sprint(i)}, sample{Name: "Lantern"}); err == nil {
			last = row
		}
	}
	if problem.Of(err) != problem.LimitReached {
		t.Errorf("creates end with %v", err)
	}
	wantFound(t, table, last)
	if _, err = table.Update(t.Context(), last); err != nil {
		t.Errorf("an update of a full database ends with %v", err)
	}
	if err := db.Execute(t.Context(), "DELETE FROM samples WHERE subject < '2'"); err != nil {
		t.Fatal(err)
	}
	create(t, table, alice, "in the place of another")
}

// A connection that database/sql closes after an interrupted query would be a lost database.
func TestMemorySurvivesCanceledCallers(t *testing.T) {
	table := samplesIn(t, open(t, "memory:"))
	row := create(t, table, alice, "Lantern")
	got := concurrently(func(i int) error {
		for range 200 {
			ctx, cancel := context.WithCancel(t.Context())
			var both sync.WaitGroup
			both.Go(cancel)
			_, err := table.Create(ctx, bob, sample{})
			_, _, errList := table.ListAll(ctx, "", 100)
			both.Wait()
			if err = errors.Join(err, errList); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, problem.LimitReached) {
				return err
			}
		}
		return nil
	})
	if got[nil] != concurrency {
		t.Errorf("canceled operations end with %v", got)
	}
	wantFound(t, table, row)
}
