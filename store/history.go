package store

import "context"

// A history is the migrations that a database has applied, by version.
type history map[int64]applied

// An applied migration has a row of goose, and gets another if it is taken back and applied again.
type applied struct {
	id       int64
	checksum string // empty if the migration was applied before there were checksums
}

// lacks reports whether the database has not applied a migration.
func (h history) lacks(m migration) bool { return h[m.version].id == 0 }

// check returns why the migrations of this program, in the order of their versions, do not continue the history.
func (h history) check(all []migration) error {
	newest := int64(0)
	for version := range h {
		newest = max(newest, version)
	}
	if newest > all[len(all)-1].version {
		return misfit("the database has migration %d, which is newer than this program: start the version that applied it, or a later one", newest)
	}
	for _, m := range all {
		if h.lacks(m) && m.version < newest {
			return misfit("migration %s is not applied, but migration %d is: give it the next number", m.name, newest)
		}
		if known := h[m.version].checksum; known != "" && known != m.checksum && known != m.quoted {
			return misfit("migration %s was changed after the database applied it: "+
				"undo the change and write a new migration, or start with an empty database", m.name)
		}
	}
	return nil
}

// readHistory reads the history of the database. A user who may not read the checksums gets none.
func (d *DB) readHistory(ctx context.Context) (history, error) {
	query := `SELECT version_id, v.id, coalesce(checksum, '') FROM goose_db_version AS v LEFT JOIN migration_checksums AS c ON c.id = v.id`
	var hasHistory, hasChecksums bool
	if err := d.write.QueryRowContext(ctx, d.backend.hasTables, "goose_db_version", "migration_checksums").Scan(&hasHistory, &hasChecksums); err != nil || !hasHistory {
		return nil, err
	}
	if !hasChecksums {
		query = `SELECT version_id, id, '' FROM goose_db_version`
	}
	rows, err := d.write.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	h := history{}
	for rows.Next() {
		var version int64
		var a applied
		if err := rows.Scan(&version, &a.id, &a.checksum); err != nil {
			return nil, err
		}
		h[version] = a
	}
	return h, rows.Err()
}

// record stores the checksums of applied migrations that have none.
func (d *DB) record(ctx context.Context, all []migration, h history) error {
	for _, m := range all {
		if h[m.version].checksum != "" {
			continue
		}
		if err := d.createChecksums(ctx); err != nil {
			return err
		}
		if _, err := d.write.ExecContext(ctx, `INSERT INTO migration_checksums (id, checksum) VALUES ($1, $2)`, h[m.version].id, m.checksum); err != nil {
			return err
		}
	}
	return nil
}

func (d *DB) createChecksums(ctx context.Context) error {
	_, err := d.write.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS migration_checksums (id BIGINT PRIMARY KEY, checksum TEXT NOT NULL)`)
	return err
}
