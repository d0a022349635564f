//go:build postgres

package store_test

import (
	"strconv"
	"testing"

	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

// In transaction mode, each transaction of a client can be on another connection to the server. Prepared
// statements, settings and locks of a session are not there, or are those of another client.

func TestPgBouncerTable(t *testing.T) {
	address := storetest.PgBouncer(t)
	testTable(t, func(t *testing.T) opener {
		mustExec(t, connectTo(t, address), "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
		return func(t *testing.T) *store.DB { return open(t, address) }
	})
}

func TestInstancesOpenPgBouncerAtOnce(t *testing.T) {
	address := storetest.PgBouncer(t)
	openAtOnce(t, address)
	const locks = "SELECT CAST(count(*) AS TEXT) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
	if got, err := open(t, address).Query(t.Context(), locks); err != nil || got != "0" {
		t.Errorf("%s locks are left, with the error %v", got, err)
	}
}

func TestStatementsArePreparedWithoutAPooler(t *testing.T) {
	direct := storetest.Postgres(t)
	for name, test := range map[string]struct {
		address  string
		prepared bool
	}{
		"a server":                    {direct, true},
		"PgBouncer":                   {storetest.PgBouncer(t), false},
		"a server, with another mode": {direct + "&default_query_exec_mode=exec", false},
	} {
		t.Run(name, func(t *testing.T) {
			db := open(t, test.address)
			create(t, samplesIn(t, db), alice, "Lantern")
			got, err := db.Query(t.Context(), "SELECT CAST(count(*) > 1 AS TEXT) FROM pg_prepared_statements")
			if want := strconv.FormatBool(test.prepared); got != want || err != nil {
				t.Errorf("statements are prepared: %s, with the error %v, want %s", got, err, want)
			}
		})
	}
}
