package store_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/store"
)

func names(items []handlers.Item) string {
	var all []string
	for _, item := range items {
		all = append(all, item.Name)
	}
	return strings.Join(all, " ")
}

func listsOfOwners(t *testing.T, open opener) {
	s := open(t, roomy)
	owners := map[string]auth.Identity{
		"alice": alice, "bob": bob, "Alice": {Issuer: alice.Issuer, Subject: "Alice"},
		"elsewhere": {Issuer: "https://other.example.com", Subject: "alice"}, "application": {Issuer: alice.Issuer, Subject: "alice", Client: true},
		"nobody": {}, "quoted": {Issuer: "'", Subject: "' OR ''='"},
	}
	for name, owner := range owners {
		create(t, s, owner, name+"1")
		create(t, s, owner, name+"2")
	}
	for name, owner := range owners {
		items, err := s.List(t.Context(), owner, "", 100)
		if want := name + "1 " + name + "2"; err != nil || names(items) != want {
			t.Errorf("%s has %s and the error %v, want %s", name, names(items), err, want)
		}
	}
	all, err := s.ListAll(t.Context(), "", 100)
	if err != nil || len(all) != 2*len(owners) || !slices.IsSortedFunc(all, byID) {
		t.Errorf("all have %s and the error %v", names(all), err)
	}
	none, err := s.List(t.Context(), auth.Identity{Subject: "carol"}, "", 100)
	if err != nil || none == nil || len(none) != 0 {
		t.Errorf("who keeps nothing has %#v and the error %v", none, err)
	}
}

func byID(a, b handlers.Item) int { return strings.Compare(a.ID, b.ID) }

func listsGoOn(t *testing.T, open opener) {
	s := open(t, roomy)
	kept := map[string]handlers.Item{}
	for name := range strings.FieldsSeq("e b d a c") {
		kept[name] = create(t, s, alice, name)
		create(t, s, bob, name)
	}
	for _, name := range []string{"e", "b"} { // b is where the cursor stands
		if err := s.Delete(t.Context(), kept[name].ID, handlers.AnyVersion); err != nil {
			t.Fatal(err)
		}
	}
	create(t, s, alice, "f")
	after := handlers.Cursor(kept["b"].ID)
	page, err := s.List(t.Context(), alice, after, 2)
	if err != nil || names(page) != "d a" {
		t.Errorf("alice reads %s and the error %v", names(page), err)
	}
	page, err = s.List(t.Context(), alice, handlers.Cursor(kept["a"].ID), 2)
	if err != nil || names(page) != "c f" {
		t.Errorf("alice reads on with %s and the error %v", names(page), err)
	}
	page, err = s.ListAll(t.Context(), after, 3)
	if err != nil || names(page) != "b d d" {
		t.Errorf("an admin reads %s and the error %v", names(page), err)
	}
}

// The order in which identifiers come to light is what a cursor relies on: an identifier that was
// made first and is seen last would be behind the reader, for ever.
func readingWhileOthersAdd(t *testing.T, open opener) {
	s, other := open(t, roomy), open(t, roomy)
	first := create(t, s, alice, "first")
	if _, err := other.Get(t.Context(), first.ID); err != nil {
		other = s // of a kind whose instances share nothing
	}
	done := make(chan map[error]int)
	go func() {
		done <- together(func(i int) error {
			for range 25 {
				to := []handlers.Store{s, other}[i%2]
				if _, err := to.Create(t.Context(), handlers.Item{Owner: alice}); err != nil {
					return err
				}
			}
			return nil
		})
	}()
	var seen []handlers.Item
	read := func() int {
		after := handlers.Cursor("")
		if len(seen) > 0 {
			after = handlers.Cursor(seen[len(seen)-1].ID)
		}
		page, err := s.List(t.Context(), alice, after, 3)
		if err != nil {
			t.Error(err)
		}
		seen = append(seen, page...)
		return len(page)
	}
	for {
		select {
		case got := <-done:
			if got[nil] != crowd {
				t.Errorf("creating ends with %v", got)
			}
			for read() > 0 {
			}
			if len(seen) != 1+crowd*25 || !slices.IsSortedFunc(seen, byID) {
				t.Errorf("%d items are seen, want %d", len(seen), 1+crowd*25)
			}
			return
		default:
			read()
		}
	}
}

func identifiersGrow(t *testing.T, open opener) {
	s := open(t, roomy)
	last := create(t, s, alice, "first").ID
	if d, ok := s.(*store.Database); ok { // which may have another instance, whose clock is ahead
		last = "7fffffff-ffff-7fff-bfff-fffffffffff0"
		if err := d.Execute(t.Context(), "UPDATE last_item SET id = '"+last+"'"); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		item := create(t, s, alice, "next")
		if item.ID <= last {
			t.Errorf("%s comes after %s", item.ID, last)
		}
		last = item.ID
	}
}
