package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"github.com/google/uuid"
)

// A Database is a Store in SQL. It is safe for concurrent use.
//
// Everything that two kinds of database say differently is in its kind; the queries are the same.
type Database struct {
	Limits  handlers.Limits // set before use
	Timeout time.Duration   // of an operation, from waiting for a connection to the commit; set before use

	kind        kind
	read, write *sql.DB // may be the same
	log         *slog.Logger

	prepared   atomic.Bool // whether the schema is up to date
	background sync.WaitGroup
	stop       context.CancelFunc // ends what is in the background
	pulse      pulse
}

// newDatabase returns a Database that is yet to be prepared.
func newDatabase(k kind, read, write *sql.DB, log *slog.Logger) *Database {
	return &Database{
		Limits: handlers.DefaultLimits(), Timeout: 5 * time.Second,
		kind: k, read: read, write: write, log: log, stop: func() {}, pulse: pulse{now: time.Now},
	}
}

// Close ends what is in the background and closes every connection.
func (d *Database) Close() error {
	d.stop()
	d.background.Wait()
	return errors.Join(d.read.Close(), d.write.Close())
}

const columns = `id, name, description, created_at, updated_at, version, issuer, subject, client`

// List implements [handlers.Store].
func (d *Database) List(ctx context.Context, owner auth.Identity, after handlers.Cursor, limit int) ([]handlers.Item, error) {
	return d.query(ctx, `SELECT `+columns+` FROM items
		WHERE issuer = $1 AND subject = $2 AND client = $3 AND id > $4 ORDER BY id LIMIT $5`,
		owner.Issuer, owner.Subject, owner.Client, cmp.Or(string(after), uuid.Nil.String()), limit)
}

// ListAll implements [handlers.Store].
func (d *Database) ListAll(ctx context.Context, after handlers.Cursor, limit int) ([]handlers.Item, error) {
	return d.query(ctx, `SELECT `+columns+` FROM items WHERE id > $1 ORDER BY id LIMIT $2`,
		cmp.Or(string(after), uuid.Nil.String()), limit)
}

// Get implements [handlers.Store].
func (d *Database) Get(ctx context.Context, id string) (handlers.Item, error) {
	if !canonical(id) {
		return handlers.Item{}, handlers.NotFound
	}
	items, err := d.query(ctx, `SELECT `+columns+` FROM items WHERE id = $1`, id)
	if err == nil && len(items) == 0 {
		err = handlers.NotFound
	}
	if err != nil {
		return handlers.Item{}, err
	}
	return items[0], nil
}

// Create implements [handlers.Store]. Creates wait for each other until they are committed: so the
// limits hold, and identifiers come to light in their order.
func (d *Database) Create(ctx context.Context, item handlers.Item) (handlers.Item, error) {
	item.Version = 1
	err := d.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var last string
		if err := tx.QueryRowContext(ctx, `SELECT id FROM last_item`+d.kind.lock).Scan(&last); err != nil {
			return err
		}
		if err := d.room(ctx, tx, item.Owner); err != nil {
			return err
		}
		var err error
		if item.ID, err = handlers.NextID(last); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE last_item SET id = $1`, item.ID); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO items (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			item.ID, item.Name, item.Description, item.CreatedAt, item.UpdatedAt, item.Version,
			item.Owner.Issuer, item.Owner.Subject, item.Owner.Client)
		return err
	})
	return item, err
}

// room reports whether the owner may keep one more. It is a statement of its own, after the one that
// waits for the lock: only so it counts what others committed meanwhile. Of all owners nobody counts:
// that would take the longer the more there are.
func (d *Database) room(ctx context.Context, tx *sql.Tx, owner auth.Identity) error {
	var own int
	row := tx.QueryRowContext(ctx, `SELECT count(*) FROM items WHERE issuer = $1 AND subject = $2 AND client = $3`,
		owner.Issuer, owner.Subject, owner.Client)
	if err := row.Scan(&own); err != nil {
		return err
	}
	if own >= d.Limits.OwnerItems {
		return handlers.LimitReached
	}
	return nil
}

// Update implements [handlers.Store].
func (d *Database) Update(ctx context.Context, item handlers.Item) (handlers.Item, error) {
	err := d.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		current, err := d.match(ctx, tx, item.ID, item.Version)
		if err != nil {
			return err
		}
		item.Version = current + 1
		_, err = tx.ExecContext(ctx, `UPDATE items SET name = $1, description = $2, updated_at = $3, version = $4 WHERE id = $5`,
			item.Name, item.Description, item.UpdatedAt, item.Version, item.ID)
		return err
	})
	return item, err
}

// Delete implements [handlers.Store].
func (d *Database) Delete(ctx context.Context, id string, version handlers.Version) error {
	return d.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := d.match(ctx, tx, id, version); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM items WHERE id = $1`, id)
		return err
	})
}

// match returns the present version of an item, which stays so until the transaction ends.
func (d *Database) match(ctx context.Context, tx *sql.Tx, id string, version handlers.Version) (handlers.Version, error) {
	if !canonical(id) {
		return 0, handlers.NotFound
	}
	var current handlers.Version
	err := tx.QueryRowContext(ctx, `SELECT version FROM items WHERE id = $1`+d.kind.lock, id).Scan(&current)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, handlers.NotFound
	}
	if err == nil && !version.Matches(current) {
		err = handlers.PreconditionFailed
	}
	return current, err
}

// canonical reports whether an identifier is written as NextID writes them. PostgreSQL would take
// other forms for the same, and fail on what is none.
func canonical(id string) bool {
	parsed, err := uuid.Parse(id)
	return err == nil && parsed.String() == id
}
