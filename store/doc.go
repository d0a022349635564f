// Package store stores the rows of the API's resources in SQL: in a file (SQLite), in a server
// (PostgreSQL) or in memory (SQLite again).
//
// A [DB] has the connections, brings the schema up to date and says whether it is ready. A [Table] stores
// the rows of one resource, each of which belongs to an owner: pages, versions and limits are written once,
// and typed by the row. What a row has beyond that is a struct with db tags; [Item] shows how.
//
//	db, err := store.Open(ctx, "sqlite:items.db", log)
//	items := store.NewItems(db)
//	item, err := items.Create(ctx, owner, store.Item{Draft: draft})
//
// Errors that a caller may see are a [problem.Type]: NotFound, PreconditionFailed, LimitReached and
// DatabaseUnavailable. The package knows neither gin nor the handlers.
package store
