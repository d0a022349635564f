package store_test

import (
	"testing"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
)

func testLimit(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	if table.Limit != 1000 {
		t.Errorf("the limit is %d", table.Limit)
	}
	table.Limit = 2
	create(t, table, alice, "a")
	last := create(t, table, alice, "b")
	wantFull := func() {
		t.Helper()
		_, err := table.Create(t.Context(), alice, sample{})
		wantError(t, err, problem.LimitReached)
	}
	wantFull()
	create(t, table, bob, "another owner's")
	create(t, table, store.Owner{Issuer: alice.Issuer, Subject: alice.Subject, Client: true}, "an application's")
	if _, err := table.Update(t.Context(), last); err != nil {
		t.Error(err)
	}
	wantFull()
	if err := table.Delete(t.Context(), last.ID, store.AnyVersion); err != nil {
		t.Error(err)
	}
	create(t, table, alice, "in its place")
	wantFull()
}

func testConcurrentLimit(t *testing.T, open opener) {
	tables := []*samples{samplesIn(t, open(t)), samplesIn(t, open(t))}
	for _, table := range tables {
		table.Limit = concurrency - 1
	}
	got := concurrently(func(i int) error { _, err := tables[i%2].Create(t.Context(), alice, sample{}); return err })
	rows, _, err := tables[0].List(t.Context(), alice, "", 100)
	if err != nil || len(rows) != concurrency-1 || got[nil] != concurrency-1 || got[problem.LimitReached] != 1 {
		t.Errorf("there are %d rows, creates end with %v, and the error is %v", len(rows), got, err)
	}
}
