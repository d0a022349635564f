package store_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

// part:sqlite:begin

func TestSQLiteTable(t *testing.T) {
	testTable(t, func(t *testing.T) opener {
		address := storetest.SQLite(t)
		return func(t *testing.T) *store.DB { return open(t, address) }
	})
}

func TestMemoryTable(t *testing.T) {
	testTable(t, func(t *testing.T) opener {
		db := open(t, "memory:")
		return func(*testing.T) *store.DB { return db }
	})
}

// part:sqlite:end

// An opener opens one database for one more instance of the API.
type opener func(t *testing.T) *store.DB

// testTable tests a table in a kind of database. empty returns the opener of an empty one.
func testTable(t *testing.T, empty func(t *testing.T) opener) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, open opener)
	}{
		{"a row is stored with all its columns", testColumns},
		{"times are in UTC and have microseconds", testTimes},
		{"rows of a page share nothing", testSharedNothing},
		{"a list is never nil", testEmptyList},
		{"a row that does not exist is not found", testMissingRow},
		{"an identifier is the same in any case", testCaseOfIdentifiers},
		{"another owner's row is not found", testOtherOwner},
		{"an update makes the next version", testUpdate},
		{"a change of another version is rejected", testOtherVersion},
		{"one of concurrent changes is made", testConcurrentChanges},
		{"a page has the rows of its owner", testOwners},
		{"the last page has no cursor", testLastPage},
		{"a page begins after its cursor", testCursor},
		{"a reader misses no concurrent create", testConcurrentReader},
		{"identifiers grow when the clock is behind", testSlowClock},
		{"an owner has no more rows than the limit", testLimit},
		{"the limit holds for concurrent creates", testConcurrentLimit},
		{"an owner fits into an index", testLongOwner},
		{"a text has no null character", testNullCharacters},
		{"concurrent operations do not interfere", testConcurrentOperations},
		{"an operation ends with its caller", testCanceledCaller},
		{"a wrong row type is an internal error", testMistakes},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, empty(t)) })
	}
}

func testColumns(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	at := time.Date(2026, 11, 23, 9, 0, 0, 123456000, time.UTC)
	for name, row := range map[string]sample{
		"zero values": {},
		"all columns": {Name: "Lantern", Note: new("Hangs over the gate."), Done: true, Approved: new(true), Priority: -7,
			Size: new(int64(1 << 62)), Ratio: 0.1, Due: at, Reminded: &at, Tags: []string{"a", "b"}},
		"pointers to zero values":  {Note: new(""), Approved: new(false), Size: new(int64(0)), Reminded: new(time.Time{})},
		"texts in any script":      {Name: "ランプ 🏮 ä'\"\\;--$1", Note: new("line\r\nline\ttab"), Tags: []string{"ä", "", "\"", "a,b", "[]"}},
		"long texts":               {Name: strings.Repeat("𝄞", 10_000), Tags: []string{strings.Repeat("ä", 10_000)}},
		"a time in a whole second": {Due: at.Truncate(time.Second)},
		"a time before 1970":       {Due: at.AddDate(-100, 0, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			created, err := table.Create(t.Context(), alice, row)
			if err != nil || created.ID == "" || created.Owner != alice || created.Version != 1 {
				t.Fatalf("created %+v with the error %v", created, err)
			}
			row.Key, row.Times = created.Key, created.Times
			if row.Tags == nil {
				row.Tags = []string{}
			}
			if !reflect.DeepEqual(created, row) {
				t.Errorf("created %+v, want %+v", created, row)
			}
			wantFound(t, table, row)
			empty := update(t, table, sample{Key: row.Key, Tags: []string{}, Times: row.Times})
			row.Version = empty.Version
			update(t, table, row)
		})
	}
}

// The clock, and times that callers send, can be in any zone and have nanoseconds.
func testTimes(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	now := time.Date(2026, 11, 23, 10, 0, 0, 123456789, time.FixedZone("CET", 3600))
	want := time.Date(2026, 11, 23, 9, 0, 0, 123456000, time.UTC)
	table.SetClock(func() time.Time { return now })
	row, err := table.Create(t.Context(), alice, sample{Due: now, Reminded: &now})
	if err != nil || row.CreatedAt != want || row.UpdatedAt != want || row.Due != want || *row.Reminded != want {
		t.Errorf("created %+v with the error %v, want the times %s", row, err, want)
	}
	wantFound(t, table, row)
	now = now.Add(time.Minute)
	if row, err = table.Update(t.Context(), row); err != nil || row.CreatedAt != want || row.UpdatedAt != want.Add(time.Minute) {
		t.Errorf("updated to %+v with the error %v", row, err)
	}
	wantFound(t, table, row)
}

// Rows are scanned into one variable, one after the other.
func testSharedNothing(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	var want []sample
	for _, row := range []sample{
		{Note: new("a"), Size: new(int64(1)), Reminded: new(time.Unix(1, 0)), Tags: []string{"a", "b"}},
		{Note: new("b"), Size: new(int64(2)), Reminded: new(time.Unix(2, 0)), Tags: []string{"c"}},
		{Tags: []string{"d", "e", "f"}},
		{},
	} {
		row, err := table.Create(t.Context(), alice, row)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, row)
	}
	rows, _, err := table.List(t.Context(), alice, "", 10)
	if err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("got %+v and the error %v, want %+v", rows, err, want)
	}
}

// A migration can add the column of a list to a table that has rows.
func testEmptyList(t *testing.T, open opener) {
	db := open(t)
	table := samplesIn(t, db)
	row := create(t, table, alice, "Lantern")
	for _, value := range []string{"NULL", "'null'", "'[]'"} {
		if err := db.Execute(t.Context(), "UPDATE samples SET tags = "+value); err != nil {
			t.Fatal(err)
		}
		if row.Tags == nil {
			t.Error("a new row has nil")
		}
		wantFound(t, table, row)
	}
}

func testMissingRow(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	row := create(t, table, alice, "Lantern")
	for _, id := range []string{
		"", "1", "01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77", "00000000-0000-0000-0000-000000000000", "' OR '1'='1", "%", "a\x00b", "\xff",
		"{" + row.ID + "}", "urn:uuid:" + row.ID, strings.ReplaceAll(row.ID, "-", ""), row.ID + " ",
	} {
		_, err := table.Get(t.Context(), alice, id)
		wantError(t, err, problem.NotFound)
		_, err = table.Update(t.Context(), sample{Key: store.Key{ID: id, Version: store.AnyVersion}})
		wantError(t, err, problem.NotFound)
		wantError(t, table.Delete(t.Context(), id, store.AnyVersion), problem.NotFound)
	}
	wantFound(t, table, row)
	if err := table.Delete(t.Context(), row.ID, 1); err != nil {
		t.Error(err)
	}
	_, err := table.Get(t.Context(), alice, row.ID)
	wantError(t, err, problem.NotFound)
	wantError(t, table.Delete(t.Context(), row.ID, 1), problem.NotFound)
}

// Identifiers are UUIDs (RFC 9562, section 4). The row has the canonical form.
func testCaseOfIdentifiers(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	row := create(t, table, alice, "Lantern")
	upper := strings.ToUpper(row.ID)
	mixed := upper[:20] + row.ID[20:]
	for _, id := range []string{row.ID, upper, mixed} {
		if found, err := table.Get(t.Context(), alice, id); err != nil || !reflect.DeepEqual(found, row) {
			t.Errorf("%s is %+v with the error %v, want %+v", id, found, err, row)
		}
		changed := row
		changed.ID = id
		updated, err := table.Update(t.Context(), changed)
		if err != nil || updated.ID != row.ID {
			t.Errorf("%s is updated to %+v with the error %v", id, updated, err)
		}
		row = updated
	}
	if err := table.Delete(t.Context(), mixed, row.Version); err != nil {
		t.Error(err)
	}
	_, err := table.Get(t.Context(), alice, row.ID)
	wantError(t, err, problem.NotFound)
}

func testOtherOwner(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	row := create(t, table, alice, "Lantern")
	for _, owner := range []store.Owner{
		{}, bob, {Issuer: "https://other.example.com", Subject: "alice"}, {Issuer: alice.Issuer, Subject: "Alice"},
		{Issuer: alice.Issuer, Subject: "alice", Client: true},
	} {
		_, err := table.Get(t.Context(), owner, row.ID)
		wantError(t, err, problem.NotFound)
	}
	wantFound(t, table, row)
}

func testCanceledCaller(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := table.Get(ctx, alice, "01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77")
	wantError(t, err, context.Canceled)
	_, err = table.Create(ctx, alice, sample{})
	wantError(t, err, context.Canceled)
	if errors.Is(err, problem.DatabaseUnavailable) {
		t.Errorf("got the error %v, which is not the database's", err)
	}
	rows, _, err := table.ListAll(t.Context(), "", 10)
	wantNames(t, rows, err, "")
}

// A row type that does not fit its table is a mistake of the API, and not an outage of the database.
func testMistakes(t *testing.T, open opener) {
	db := open(t)
	table := samplesIn(t, db)
	if err := db.Execute(t.Context(), "DELETE FROM last_ids WHERE name = 'samples'"); err != nil {
		t.Fatal(err)
	}
	_, err := table.Create(t.Context(), alice, sample{})
	wantInternal(t, err, "last_ids has no row for the table samples")

	create(t, samplesIn(t, db), alice, "Lantern")
	type other struct {
		store.Key
		Name int `db:"name"`
		store.Times
	}
	_, _, err = store.NewTable[other](db, "samples").ListAll(t.Context(), "", 1)
	wantInternal(t, err, "Lantern")
	wantReady(t, db, "")
	type longer struct {
		sample
		Colour string `db:"colour"`
	}
	db.SetClock(func() time.Time { return time.Now().Add(time.Hour) })
	_, err = store.NewTable[longer](db, "samples").Create(t.Context(), alice, longer{})
	wantInternal(t, err, "colour")
	wantReady(t, db, otherTables)
	_, _, err = store.NewTable[sample](db, "unknown").ListAll(t.Context(), "", 1)
	wantInternal(t, err, "unknown")
}

func wantInternal(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || problem.Of(err) != problem.Internal || !strings.Contains(err.Error(), "database: ") || !strings.Contains(err.Error(), text) {
		t.Errorf("got the error %v, want an internal one about %s", err, text)
	}
}
