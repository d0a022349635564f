package store_test

import (
	"database/sql"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/gatehouse/store"
)

// everyStatement returns all SQL that this package executes, for a test of how a database executes it: the statements of
// each table, and those that the source has as a whole. A new one is among them without a further line. Revocations are read
// as a whole, and not those of an owner. Files with the prefix are those of the other kind of database.
func everyStatement(t *testing.T, db *sql.DB, tables []string, otherFiles string) []string {
	t.Helper()
	all := statementsInSource(t, otherFiles)
	for _, table := range tables {
		rows, err := db.QueryContext(t.Context(), `SELECT * FROM "`+table+`" LIMIT 0`)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		rows.Close()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, store.Statements(table, columns)...)
	}
	if len(all) < 10 {
		t.Fatalf("there are only %d statements", len(all))
	}
	return slices.DeleteFunc(all, func(statement string) bool {
		probe := strings.Contains(statement, "LIMIT 0") // which reads no row
		unused := strings.Contains(statement, `FROM "revocations" WHERE issuer = $1`)
		return probe || unused
	})
}

// statementsInSource returns what is written as a whole. Without braces, it is no text that [store.Statements] completes.
func statementsInSource(t *testing.T, otherFiles string) (all []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	whole := regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s[^{]*$`)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, otherFiles) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok || !whole.MatchString(textOf(e)) {
				return true
			}
			all = append(all, textOf(e))
			return false
		})
	}
	return all
}

// textOf returns a text of the source. What is no literal in it stands for the name of a table.
func textOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		return text
	case *ast.BinaryExpr:
		return textOf(e.X) + textOf(e.Y)
	}
	return "items"
}

// tablesOf returns the tables that grow, each after those that it refers to.
func tablesOf(t *testing.T, db *sql.DB, query string) (names []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	if names, err = lines(rows); err != nil || len(names) == 0 {
		t.Fatalf("there are the tables %v, and the error is %v", names, err)
	}
	return names
}

// lines returns the rows of a query for one text, and closes them.
func lines(rows *sql.Rows) (all []string, err error) {
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, err
		}
		all = append(all, line)
	}
	return all, rows.Err()
}

// ofAbsentPart reports whether a statement failed because the table of a part is absent. The program executes it only
// where the table is there.
func ofAbsentPart(err error) bool { return err != nil && strings.Contains(err.Error(), "api_keys") }

// parameters returns how many parameters a statement has.
func parameters(statement string) (most int) {
	for _, found := range regexp.MustCompile(`\$(\d+)`).FindAllStringSubmatch(statement, -1) {
		n, _ := strconv.Atoi(found[1])
		most = max(most, n)
	}
	return most
}
