package store

import "context"

// A history is what a database says about the migrations that it has applied.
type history struct {
	ids       map[int64]int64  // of goose's rows, by version; a migration that is applied again gets another
	checksums map[int64]string // by these identifiers; migrations from before there were checksums have none
}

// lacks reports whether the database has not applied a migration.
func (h history) lacks(m migration) bool { return h.ids[m.version] == 0 }

// check returns why the migrations of this program, in the order of their versions, do not continue the history.
func (h history) check(all []migration) error {
	newest := int64(0)
	for version := range h.ids {
		newest = max(newest, version)
	}
	if newest > all[len(all)-1].version {
		return misfit("the database has migration %d, which is newer than this program: start the version that applied it, or a later one", newest)
	}
	for _, m := range all {
		if h.lacks(m) && m.version < newest {
			return misfit("migration %s is not applied, but migration %d is: give it the next number", m.name, newest)
		}
		if known := h.checksums[h.ids[m.version]]; known != "" && known != m.checksum {
			return misfit("migration %s was changed after the database applied it: "+
				"undo the change and write a new migration, or start with an empty database", m.name)
		}
	}
	return nil
}

// readHistory reads the history of the database. A user who may not read the checksums gets none.
func (d *DB) readHistory(ctx context.Context) (h history, err error) {
	if h.ids, err = readTable[int64](ctx, d, "goose_db_version", `SELECT version_id, id FROM goose_db_version WHERE version_id > 0`); err != nil {
		return h, err
	}
	h.checksums, err = readTable[string](ctx, d, "migration_checksums", `SELECT id, checksum FROM migration_checksums`)
	if d.backend.forbidden(err) {
		return h, nil
	}
	return h, err
}

// readTable returns the values that a query finds, by their keys. Without the table there are none.
func readTable[V any](ctx context.Context, d *DB, table, query string) (map[int64]V, error) {
	var exists bool
	if err := d.write.QueryRowContext(ctx, d.backend.hasTable, table).Scan(&exists); err != nil || !exists {
		return nil, err
	}
	rows, err := d.write.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[int64]V{}
	for rows.Next() {
		var key int64
		var value V
		if err := rows.Scan(&key, &value); err != nil {
			return nil, err
		}
		all[key] = value
	}
	return all, rows.Err()
}

func (d *DB) createChecksums(ctx context.Context) error {
	_, err := d.write.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS migration_checksums (id BIGINT PRIMARY KEY, checksum TEXT NOT NULL)`)
	return err
}

// record stores the checksums of applied migrations that have none.
func (d *DB) record(ctx context.Context, all []migration, h history) error {
	for _, m := range all {
		if id := h.ids[m.version]; h.checksums[id] == "" {
			if err := d.createChecksums(ctx); err != nil {
				return err
			}
			if _, err := d.write.ExecContext(ctx, `INSERT INTO migration_checksums (id, checksum) VALUES ($1, $2)`, id, m.checksum); err != nil {
				return err
			}
		}
	}
	return nil
}
