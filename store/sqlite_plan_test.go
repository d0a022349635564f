package store_test

import (
	"strings"
	"testing"
)

// A page costs the same wherever it is in a list, and however many rows there are: no statement reads rows that it does
// not return, or sorts.
func TestFilesAreReadByIndex(t *testing.T) {
	db, path := sqliteFile(t)
	table := samplesIn(t, db)
	for name, query := range table.Queries() {
		plan := planOf(t, path, query)
		if strings.Contains(plan, "SCAN") || strings.Contains(plan, "B-TREE") || !strings.Contains(plan, "USING") {
			t.Errorf("%s: the plan is %s", name, plan)
		}
	}
	page := planOf(t, path, table.Queries()["a page"])
	if want := "SEARCH samples USING INDEX samples_of_owner (issuer=? AND subject=? AND client=? AND id>?)"; page != want {
		t.Errorf("a page: the plan is %s, want %s", page, want)
	}
}

// planOf returns how a file is read for a query, a step in each line.
func planOf(t *testing.T, path, query string) string {
	t.Helper()
	rows, err := execute(t, path).QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "$"))...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "\n")
}
