package store_test

import (
	"database/sql"
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

// TestNoStatementScansAFile has no rows: SQLite plans alike for a table of any size, unless statistics were stored.
func TestNoStatementScansAFile(t *testing.T) {
	_, path := sqliteFile(t)
	db := execute(t, path)
	tables := tablesOf(t, db, "SELECT name FROM last_ids")
	for _, statement := range everyStatement(t, db, tables, "postgres") {
		plan, err := explain(t, db, statement)
		if ofAbsentPart(err) {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", statement, err)
		}
		for _, table := range tables {
			if strings.Contains(plan, "SCAN "+table) {
				t.Errorf("%s\nscans %s: %s", statement, table, plan)
			}
		}
	}
}

// planOf returns how a file is read for a query, a step in each line.
func planOf(t *testing.T, path, query string) string {
	t.Helper()
	plan, err := explain(t, execute(t, path), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return plan
}

func explain(t *testing.T, db *sql.DB, query string) (string, error) {
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, parameters(query))...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			return "", err
		}
		steps = append(steps, step)
	}
	return strings.Join(steps, "\n"), rows.Err()
}
