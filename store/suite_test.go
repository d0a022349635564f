package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/store"
)

// An opener opens an instance of a store. Within a test, all its instances keep the same items.
type opener func(t *testing.T, limits handlers.Limits) handlers.Store

// suite holds a kind of store to what every store promises. empty returns an opener with nothing in it.
func suite(t *testing.T, empty func(t *testing.T) opener) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, open opener)
	}{
		{"what is kept is found as it was", whatIsKeptIsFound},
		{"what is not there is not found", whatIsNotThere},
		{"a change makes the next version", changesCount},
		{"a change for another version is not made", changesForAnotherVersion},
		{"of many changes for one version one is made", oneOfManyChanges},
		{"a list is its owner's", listsOfOwners},
		{"a list is read on where it left off", listsGoOn},
		{"an owner keeps so much and no more", ownersLimit},
		{"all keep so much and no more", commonLimit},
		{"many at once keep no more either", limitsUnderLoad},
		{"who reads while others add misses nothing", readingWhileOthersAdd},
		{"identifiers grow where the clock is behind", identifiersGrow},
		{"a caller that is gone is not served", callersThatAreGone},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, empty(t)) })
	}
}

// instances returns an opener of an address.
func instances(address string) opener {
	return func(t *testing.T, limits handlers.Limits) handlers.Store {
		t.Helper()
		s, err := store.Open(t.Context(), address, slog.New(slog.NewTextHandler(t.Output(), nil)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		if d, ok := s.(*store.Database); ok {
			d.Limits = limits
		}
		return s
	}
}

var (
	alice = auth.Identity{Issuer: "https://id.example.com", Subject: "alice"}
	bob   = auth.Identity{Issuer: "https://id.example.com", Subject: "bob"}
)

// roomy are limits that no test reaches.
var roomy = handlers.Limits{Items: 1000, OwnerItems: 1000}

func create(t *testing.T, s handlers.Store, owner auth.Identity, name string) handlers.Item {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Microsecond)
	item, err := s.Create(t.Context(), handlers.Item{Name: name, CreatedAt: now, UpdatedAt: now, Owner: owner})
	if err != nil {
		t.Fatal(err)
	}
	return item
}

func wantFound(t *testing.T, s handlers.Store, want handlers.Item) {
	t.Helper()
	if got, err := s.Get(t.Context(), want.ID); err != nil || got != want {
		t.Errorf("found %+v and %v, want %+v", got, err, want)
	}
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("the error is %v, want %v", err, want)
	}
}

func whatIsKeptIsFound(t *testing.T, open opener) {
	s := open(t, roomy)
	at := time.Date(2026, 11, 23, 9, 0, 0, 123456000, time.UTC)
	for name, item := range map[string]handlers.Item{
		"a plain one":                 {Name: "Lantern", Description: "Hangs over the gate.", CreatedAt: at, UpdatedAt: at, Owner: alice},
		"one with nothing in it":      {CreatedAt: at, UpdatedAt: at},
		"one of an application":       {Name: "a", CreatedAt: at, UpdatedAt: at, Owner: auth.Identity{Issuer: "i", Subject: "s", Client: true}},
		"one in any script":           {Name: "ランプ 🏮 ä'\"\\;--$1", Description: "line\r\nline\ttab", CreatedAt: at, UpdatedAt: at, Owner: bob},
		"one as long as it may be":    {Name: strings.Repeat("𝄞", 100), Description: strings.Repeat("ä", 1000), CreatedAt: at, UpdatedAt: at, Owner: bob},
		"one that was changed later":  {Name: "a", CreatedAt: at, UpdatedAt: at.Add(time.Hour), Owner: alice},
		"one from a whole second":     {Name: "a", CreatedAt: at.Truncate(time.Second), UpdatedAt: at, Owner: alice},
		"one of before the year 1970": {Name: "a", CreatedAt: at.AddDate(-100, 0, 0), UpdatedAt: at, Owner: alice},
	} {
		t.Run(name, func(t *testing.T) {
			kept, err := s.Create(t.Context(), item)
			if err != nil || kept.Version != 1 {
				t.Fatalf("keeps %+v with the error %v", kept, err)
			}
			item.ID, item.Version = kept.ID, 1
			if kept != item {
				t.Errorf("keeps %+v, want %+v", kept, item)
			}
			wantFound(t, s, item)
		})
	}
}

func whatIsNotThere(t *testing.T, open opener) {
	s := open(t, roomy)
	kept := create(t, s, alice, "Lantern")
	for _, id := range []string{
		"", "1", "01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77", "00000000-0000-0000-0000-000000000000", "' OR '1'='1", "%", "a\x00b", "\xff",
		strings.ToUpper(kept.ID), "{" + kept.ID + "}", "urn:uuid:" + kept.ID, strings.ReplaceAll(kept.ID, "-", ""), kept.ID + " ",
	} {
		_, err := s.Get(t.Context(), id)
		wantError(t, err, handlers.NotFound)
		_, err = s.Update(t.Context(), handlers.Item{ID: id, Version: handlers.AnyVersion})
		wantError(t, err, handlers.NotFound)
		wantError(t, s.Delete(t.Context(), id, handlers.AnyVersion), handlers.NotFound)
	}
	wantFound(t, s, kept)
	if err := s.Delete(t.Context(), kept.ID, 1); err != nil {
		t.Error(err)
	}
	_, err := s.Get(t.Context(), kept.ID)
	wantError(t, err, handlers.NotFound)
	wantError(t, s.Delete(t.Context(), kept.ID, 1), handlers.NotFound)
}

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
		wantError(t, err, handlers.PreconditionFailed)
		wantError(t, s.Delete(t.Context(), item.ID, version), handlers.PreconditionFailed)
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
	if got[nil] != 1 || got[handlers.PreconditionFailed] != crowd-1 {
		t.Errorf("changes end with %v", got)
	}
	got = together(func(i int) error { return stores[i%2].Delete(t.Context(), item.ID, 2) })
	if got[nil] != 1 || got[handlers.NotFound] != crowd-1 {
		t.Errorf("deletions end with %v", got)
	}
}

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
	for name := range strings.FieldsSeq("a b c d e") {
		kept[name] = create(t, s, alice, name)
		create(t, s, bob, name)
	}
	for _, name := range []string{"a", "b"} { // b is where the cursor stands
		if err := s.Delete(t.Context(), kept[name].ID, handlers.AnyVersion); err != nil {
			t.Fatal(err)
		}
	}
	create(t, s, alice, "f")
	after := handlers.Cursor(kept["b"].ID)
	page, err := s.List(t.Context(), alice, after, 2)
	if err != nil || names(page) != "c d" {
		t.Errorf("alice reads %s and the error %v", names(page), err)
	}
	page, err = s.List(t.Context(), alice, handlers.Cursor(kept["d"].ID), 2)
	if err != nil || names(page) != "e f" {
		t.Errorf("alice reads on with %s and the error %v", names(page), err)
	}
	page, err = s.ListAll(t.Context(), after, 3)
	if err != nil || names(page) != "b c c" {
		t.Errorf("an admin reads %s and the error %v", names(page), err)
	}
}

func ownersLimit(t *testing.T, open opener) {
	s := open(t, handlers.Limits{Items: 100, OwnerItems: 2})
	create(t, s, alice, "a")
	last := create(t, s, alice, "b")
	wantFull := func() {
		t.Helper()
		_, err := s.Create(t.Context(), handlers.Item{Owner: alice})
		wantError(t, err, handlers.LimitReached)
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

func commonLimit(t *testing.T, open opener) {
	s := open(t, handlers.Limits{Items: 2, OwnerItems: 2})
	create(t, s, alice, "a")
	last := create(t, s, bob, "b")
	_, err := s.Create(t.Context(), handlers.Item{Owner: alice})
	wantError(t, err, handlers.LimitReached)
	if err := s.Delete(t.Context(), last.ID, handlers.AnyVersion); err != nil {
		t.Error(err)
	}
	create(t, s, alice, "in its place")
}

func limitsUnderLoad(t *testing.T, open opener) {
	for name, limits := range map[string]handlers.Limits{
		"of an owner": {Items: 100, OwnerItems: 5},
		"of all":      {Items: 5, OwnerItems: 5},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, limits)
			owner := auth.Identity{Subject: name}
			got := together(func(int) error { _, err := s.Create(t.Context(), handlers.Item{Owner: owner}); return err })
			kept, err := s.List(t.Context(), owner, "", 100)
			if err != nil || len(kept) != got[nil] || got[nil]+got[handlers.LimitReached] != crowd || len(kept) > 5 {
				t.Errorf("%d are kept, creating ends with %v, and the error is %v", len(kept), got, err)
			}
		})
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

func callersThatAreGone(t *testing.T, open opener) {
	s := open(t, roomy)
	if _, ok := s.(*store.Database); !ok {
		return // what has no queries has none to break off
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Get(ctx, "01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77")
	wantError(t, err, context.Canceled)
	_, err = s.Create(ctx, handlers.Item{Owner: alice})
	wantError(t, err, context.Canceled)
	if _, refused := errors.AsType[*auth.Refusal](err); refused {
		t.Error("the database is blamed")
	}
	if kept, err := s.ListAll(t.Context(), "", 10); err != nil || len(kept) != 0 {
		t.Errorf("%d items are kept, and the error is %v", len(kept), err)
	}
}

// A lockedWriter lets many write.
type lockedWriter struct {
	mu sync.Mutex
	to io.Writer
}

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}
