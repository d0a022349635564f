package store_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"example.com/gatehouse/store"
)

// openPrepared opens a file on one connection, with a table of the numbers from 1 to 3.
func openPrepared(t *testing.T) *sql.DB {
	t.Helper()
	db, err := store.OpenPrepared("file:" + filepath.Join(t.TempDir(), "numbers.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	for _, statement := range []string{"CREATE TABLE numbers (n INTEGER PRIMARY KEY)", "INSERT INTO numbers VALUES (1), (2), (3)"} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// A transaction can execute a query again before it has read all rows of it.
func TestPreparedQueriesCanBeNested(t *testing.T) {
	tx, err := openPrepared(t).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	const query = "SELECT n FROM numbers WHERE n > $1 ORDER BY n"
	for range 2 { // the second time with a statement that was used
		if got := follow(t, tx, query, 0); got != "1 (2 (3 () ) 3 () ) 2 (3 () ) 3 () " {
			t.Errorf("got %q", got)
		}
	}
}

// follow returns the numbers after one, each with those after it.
func follow(t *testing.T, tx *sql.Tx, query string, after int) (text string) {
	t.Helper()
	rows, err := tx.QueryContext(t.Context(), query, after)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf("%d (%s) ", n, follow(t, tx, query, n))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return text
}

// A migration changes the schema while connections are open.
func TestPreparedQueriesFollowTheSchema(t *testing.T) {
	db := openPrepared(t)
	for _, test := range []struct {
		change  string
		columns int // 0 for an error
	}{
		{"SELECT 1", 1}, {"ALTER TABLE numbers ADD COLUMN name TEXT", 2}, {"DROP TABLE numbers", 0}, {"CREATE TABLE numbers (n TEXT)", 1},
	} {
		if _, err := db.ExecContext(t.Context(), test.change); err != nil {
			t.Fatal(err)
		}
		var columns []string
		rows, err := db.QueryContext(t.Context(), "SELECT * FROM numbers")
		if err == nil {
			columns, err = rows.Columns()
			rows.Close()
		}
		if len(columns) != test.columns || (err != nil) != (test.columns == 0) {
			t.Errorf("after %q, the columns are %v and the error is %v", test.change, columns, err)
		}
	}
}

func TestPreparedStatementsAreFew(t *testing.T) {
	db := openPrepared(t)
	for n := range 3 * store.MaxStatements {
		var got int
		if err := db.QueryRowContext(t.Context(), fmt.Sprint("SELECT ", n)).Scan(&got); err != nil || got != n {
			t.Fatalf("got %d and the error %v", got, err)
		}
	}
	if found := statements(t, db); found > store.MaxStatements {
		t.Errorf("%d statements are prepared, want at most %d", found, store.MaxStatements)
	}
}

func TestStatementsArePreparedOnce(t *testing.T) {
	db := openPrepared(t)
	before := statements(t, db)
	for range 5 {
		if _, err := db.ExecContext(t.Context(), "DELETE FROM numbers WHERE n = $1", 7); err != nil {
			t.Fatal(err)
		}
	}
	if found := statements(t, db); found != before+1 {
		t.Errorf("%d statements are prepared, want %d", found, before+1)
	}
}

// statements returns how many statements the connection has prepared.
func statements(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Raw(func(conn any) error { n = store.PreparedStatements(conn); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}
