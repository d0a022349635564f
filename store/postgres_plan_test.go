//go:build postgres

package store_test

import (
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
