// Package store stores the rows of the API's resources in SQL: in a file (SQLite), on a server (PostgreSQL)
// or in memory (SQLite). Errors for callers are a [problem.Type]: NotFound, PreconditionFailed, LimitReached
// and DatabaseUnavailable. The package imports neither the handlers nor gin.
//
// A [DB] has the connections, the migrations, the transactions and the readiness. A [Table] stores the rows
// of one resource. Pages, owners, versions and limits are written once, for every row type:
//
//	db, err := store.Open(ctx, "sqlite:items.db", log)
//	items := store.NewItems(db)
//	item, err := items.Create(ctx, owner, item)
//
// # Add a resource
//
// A resource is a file here (items.go), a file in handlers (items.go), and a migration for each database:
//
//  1. Write the row type. It embeds [Key], a draft with what callers write, and [Times]; a db tag names a
//     column. Write NewNotes as [NewItems] is.
//  2. Write migrations/sqlite/00004_notes.sql and migrations/postgres/00004_notes.sql. Like 00001_items.sql,
//     they create the table with the columns of Key and Times, and the index of the owner. They insert the
//     row ('notes', '00000000-0000-0000-0000-000000000000') into last_ids.
//  3. Write the handlers. In handlers/routes.go, add the routes, their scopes, and NewNotes to the stores.
//
// A column has one of these types. A pointer is a column that can be NULL. Times are in UTC, with a precision
// of microseconds. A list is stored as JSON, and is never nil.
//
//	Go           SQLite      PostgreSQL
//	string       TEXT        text
//	bool         BOOLEAN     boolean
//	int, int64   INTEGER     bigint
//	float64      REAL        double precision
//	time.Time    TIMESTAMP   timestamptz
//	[]string     TEXT        text
//
// A text has no U+0000. An index of PostgreSQL has no room for more than 2,700 bytes, so the draft limits the
// length of a column with an index (binding:"max=100").
package store
