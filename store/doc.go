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
// A field of a resource stands in three places: in the row type, whose tags say everything about it, and in the
// migration of each database. Reading, writing, filters, rules and the document follow from the tags:
//
//	db       the column
//	json     the member
//	binding  the rules: required, min, max, oneof, decimal; see validator
//	default  the value of a member that a body does not have
//	ref      the table whose row it identifies; the row must be one of the same owner
//	example  for the document
//
// A column has one of these types. A pointer is a column that can be
// NULL, and a member that can be null. Times are in UTC, with a precision of microseconds. A list is stored as JSON,
// and is never nil.
//
//	Go           SQLite      PostgreSQL
//	string       TEXT        text, or uuid for a ref
//	bool         BOOLEAN     boolean
//	int, int64   INTEGER     bigint
//	float64      REAL        double precision
//	Decimal      TEXT        numeric(12, 2)
//	Date         DATE        date
//	time.Time    TIMESTAMP   timestamptz
//	[]string     TEXT        text
//
// Lists are filtered by NAME for a bool, a string with oneof and a ref, and by NAME_from and NAME_to for the numbers,
// dates and times that callers write.
//
// A text has no U+0000. An index of PostgreSQL has no room for more than 2,700 bytes, so the draft limits the
// length of a column with an index (binding:"max=100").
package store
