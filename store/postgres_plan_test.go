//go:build postgres

package store_test

import (
	"cmp"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"example.com/gatehouse/store/storetest"
	"github.com/jackc/pgx/v5"
)

// A page costs the same wherever it is in a list, and however many rows there are. The planner would read a table that
// is nearly empty from its start, so the test asks it for the best other plan.
func TestServersAreReadByIndex(t *testing.T) {
	address := storetest.Postgres(t)
	table := samplesIn(t, open(t, address))
	conn := connectTo(t, address)
	mustExec(t, conn, "SET enable_seqscan = off")
	mustExec(t, conn, "SET plan_cache_mode = force_generic_plan")
	for name, query := range table.Queries() {
		mustExec(t, conn, "PREPARE query AS "+query)
		call := "EXPLAIN EXECUTE query"
		if n := strings.Count(query, "$"); n > 0 {
			call += "(NULL" + strings.Repeat(", NULL", n-1) + ")"
		}
		rows, err := conn.Query(t.Context(), call)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		steps, err := pgx.CollectRows(rows, pgx.RowTo[string])
		plan := strings.Join(steps, "\n")
		if err != nil || strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Sort") || strings.Contains(plan, "Filter") || !strings.Contains(plan, "Index Cond") {
			t.Errorf("%s: the error is %v, and the plan is\n%s", name, err, plan)
		}
		mustExec(t, conn, "DEALLOCATE query")
	}
}

// TestNoStatementScansAServer has many rows of many owners, and plans for values that find some of them or none.
func TestNoStatementScansAServer(t *testing.T) {
	address := storetest.Postgres(t)
	open(t, address)
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // a prepared statement is one of a connection
	tables := tablesOf(t, db, "SELECT name FROM last_ids ORDER BY to_regclass(quote_ident(name))::oid")
	for _, table := range tables {
		fill(t, db, table)
	}
	for _, statement := range everyStatement(t, db, tables, "sqlite") {
		for _, text := range []string{"owner-7", ""} {
			plan, err := explainWith(t, db, statement, text)
			if ofAbsentPart(err) {
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", statement, err)
			}
			for _, table := range tables {
				if strings.Contains(plan, "Seq Scan on "+table) {
					t.Errorf("%s\nscans %s:\n%s", statement, table, plan)
				}
			}
		}
	}
}

// valuesOf are values of each type of columns, the nth and one of a parameter.
var valuesOf = map[string]struct{ nth, one string }{
	"uuid":                     {"lpad(to_hex(n), 32, '0')::uuid", "'00000000-0000-0000-0000-000000001000'"},
	"text":                     {"'owner-' || n % 200", ""},
	"timestamp with time zone": {"now() + n * interval '1 minute'", "now()"},
	"bigint":                   {"1", "1"},
	"boolean":                  {"false", "false"},
	"date":                     {"'2026-12-01'", "'2026-12-01'"},
}

// fill creates rows of 200 owners. In a column that may be empty, they have nothing.
func fill(t *testing.T, db *sql.DB, table string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT quote_ident(attname), format_type(atttypid, NULL) FROM pg_attribute
		WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0 AND attnotnull AND NOT attisdropped`, table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names, values []string
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			t.Fatal(err)
		}
		names, values = append(names, name), append(values, cmp.Or(valuesOf[kind].nth, "'1'"))
	}
	rows.Close()
	for _, statement := range []string{
		fmt.Sprintf(`INSERT INTO %q (%s) SELECT %s FROM generate_series(1, 20000) AS n ON CONFLICT DO NOTHING`, table, strings.Join(names, ", "), strings.Join(values, ", ")),
		fmt.Sprintf(`ANALYZE %q`, table),
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// explainWith returns how a server executes a statement whose parameters of the type text have this value.
func explainWith(t *testing.T, db *sql.DB, statement, text string) (string, error) {
	if _, err := db.ExecContext(t.Context(), "PREPARE statement AS "+statement); err != nil {
		return "", err
	}
	defer db.ExecContext(t.Context(), "DEALLOCATE statement")
	var types string
	if err := db.QueryRowContext(t.Context(), "SELECT array_to_string(parameter_types, ',') FROM pg_prepared_statements WHERE name = 'statement'").Scan(&types); err != nil {
		return "", err
	}
	call := "EXPLAIN EXECUTE statement"
	if types != "" {
		var values []string
		for kind := range strings.SplitSeq(types, ",") {
			values = append(values, cmp.Or(valuesOf[kind].one, "'"+text+"'"))
		}
		call += "(" + strings.Join(values, ", ") + ")"
	}
	rows, err := db.QueryContext(t.Context(), call)
	if err != nil {
		return "", err
	}
	steps, err := lines(rows)
	return strings.Join(steps, "\n"), err
}
