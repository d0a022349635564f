package store_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/store"
)

func testOwners(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	owners := map[string]store.Owner{
		"alice": alice, "bob": bob, "Alice": {Issuer: alice.Issuer, Subject: "Alice"},
		"elsewhere": {Issuer: "https://other.example.com", Subject: "alice"}, "application": {Issuer: alice.Issuer, Subject: "alice", Client: true},
		"empty": {}, "quoted": {Issuer: "'", Subject: "' OR ''='"},
	}
	for name, owner := range owners {
		create(t, table, owner, name+"1")
		create(t, table, owner, name+"2")
	}
	for name, owner := range owners {
		rows, _, err := table.List(t.Context(), owner, "", 100)
		wantNames(t, rows, err, name+"1 "+name+"2")
	}
	all, _, err := table.ListAll(t.Context(), "", 100)
	if err != nil || len(all) != 2*len(owners) || !slices.IsSortedFunc(all, byID) {
		t.Errorf("all rows are %+v with the error %v", all, err)
	}
	none, _, err := table.List(t.Context(), store.Owner{Subject: "carol"}, "", 100)
	if err != nil || none == nil || len(none) != 0 {
		t.Errorf("an owner without rows has %#v with the error %v", none, err)
	}
}

func byID(a, b sample) int { return strings.Compare(a.ID, b.ID) }

func testLastPage(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	create(t, table, alice, "a")
	second := create(t, table, alice, "b")
	create(t, table, alice, "c")
	for limit, want := range map[int]store.Cursor{2: store.Cursor(second.ID), 3: "", 4: ""} {
		rows, next, err := table.List(t.Context(), alice, "", limit)
		wantNames(t, rows, err, strings.Join([]string{"a", "b", "c"}[:min(limit, 3)], " "))
		if next != want {
			t.Errorf("after a page of %d, got the cursor %q, want %q", limit, next, want)
		}
		if _, next, err := table.ListAll(t.Context(), "", limit); err != nil || next != want {
			t.Errorf("after a page of %d of all owners, got the cursor %q and the error %v, want %q", limit, next, err, want)
		}
	}
}

func testCursor(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	rows := map[string]sample{}
	for name := range strings.FieldsSeq("e b d a c") {
		rows[name] = create(t, table, alice, name)
		create(t, table, bob, name)
	}
	for _, name := range []string{"e", "b"} { // b is the row of the cursor
		if err := table.Delete(t.Context(), rows[name].ID, store.AnyVersion); err != nil {
			t.Fatal(err)
		}
	}
	create(t, table, alice, "f")
	after := store.Cursor(rows["b"].ID)
	page, next, err := table.List(t.Context(), alice, after, 2)
	wantNames(t, page, err, "d a")
	page, _, err = table.List(t.Context(), alice, next, 2)
	wantNames(t, page, err, "c f")
	page, _, err = table.ListAll(t.Context(), after, 3)
	wantNames(t, page, err, "b d d")
}

// A row with a smaller identifier that becomes visible later would be behind the reader, who would never
// get it.
func testConcurrentReader(t *testing.T, open opener) {
	table, other := samplesIn(t, open(t)), samplesIn(t, open(t))
	const each = 25
	done := make(chan map[error]int)
	go func() {
		done <- concurrently(func(i int) error {
			for range each {
				if _, err := []*samples{table, other}[i%2].Create(t.Context(), alice, sample{}); err != nil {
					return err
				}
			}
			return nil
		})
	}()
	var seen []sample
	read := func() int {
		after := store.Cursor("")
		if len(seen) > 0 {
			after = store.Cursor(seen[len(seen)-1].ID)
		}
		page, _, err := table.List(t.Context(), alice, after, 3)
		if err != nil {
			t.Error(err)
		}
		seen = append(seen, page...)
		return len(page)
	}
	for {
		select {
		case got := <-done:
			for read() > 0 {
			}
			if got[nil] != concurrency || len(seen) != concurrency*each || !slices.IsSortedFunc(seen, byID) {
				t.Errorf("read %d rows, want %d; creates end with %v", len(seen), concurrency*each, got)
			}
			return
		default:
			read()
		}
	}
}

// Another instance, whose clock is ahead, created the last row.
func testSlowClock(t *testing.T, open opener) {
	db := open(t)
	table := samplesIn(t, db)
	last := "7fffffff-ffff-7fff-bfff-fffffffffff0"
	if err := db.Execute(t.Context(), "UPDATE last_ids SET id = '"+last+"'"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		row := create(t, table, alice, "next")
		if row.ID <= last {
			t.Errorf("%s follows %s", row.ID, last)
		}
		last = row.ID
	}
}
