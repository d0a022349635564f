package store_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
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
		wantError(t, err, problem.NotFound)
		_, err = s.Update(t.Context(), handlers.Item{ID: id, Version: handlers.AnyVersion})
		wantError(t, err, problem.NotFound)
		wantError(t, s.Delete(t.Context(), id, handlers.AnyVersion), problem.NotFound)
	}
	wantFound(t, s, kept)
	if err := s.Delete(t.Context(), kept.ID, 1); err != nil {
		t.Error(err)
	}
	_, err := s.Get(t.Context(), kept.ID)
	wantError(t, err, problem.NotFound)
	wantError(t, s.Delete(t.Context(), kept.ID, 1), problem.NotFound)
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
	if _, refused := errors.AsType[*auth.Error](err); refused {
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
