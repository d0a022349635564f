package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite"
)

// maxStatements is how many prepared statements a connection has. There are many when lists have many filters.
const maxStatements = 64

// openPrepared opens a database whose connections prepare each statement once, as pgx does: to prepare one takes
// longer than to read a row.
func openPrepared(source string) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(source)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(preparing{connector}), nil
}

type preparing struct{ driver.Connector }

func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &preparedConn{conn.(sqliteConn), map[string]driver.Stmt{}}, nil
}

// A sqliteConn has the interfaces that the driver asks wrappers of its connections to forward.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// A preparedConn is a connection, and the statements that are prepared and not in use. One goroutine at a time uses it.
type preparedConn struct {
	sqliteConn
	idle map[string]driver.Stmt // by text
}

// take returns a prepared statement, which no other query uses until it is put back.
func (c *preparedConn) take(ctx context.Context, text string) (driver.Stmt, error) {
	if found := c.idle[text]; found != nil {
		delete(c.idle, text)
		return found, nil
	}
	return c.PrepareContext(ctx, text)
}

func (c *preparedConn) put(text string, statement driver.Stmt) error {
	var err error
	if len(c.idle) >= maxStatements || c.idle[text] != nil {
		err = c.closeIdle()
	}
	c.idle[text] = statement
	return err
}

func (c *preparedConn) closeIdle() (err error) {
	for _, statement := range c.idle {
		err = errors.Join(err, statement.Close())
	}
	clear(c.idle)
	return err
}

// ExecContext implements [driver.ExecerContext].
func (c *preparedConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	statement, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	result, err := statement.(driver.StmtExecContext).ExecContext(ctx, args)
	return result, errors.Join(err, c.put(text, statement))
}

// QueryContext implements [driver.QueryerContext].
func (c *preparedConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	statement, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := statement.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, c.put(text, statement))
	}
	return &preparedRows{rows, func() error { return c.put(text, statement) }}, nil
}

// Close implements [driver.Conn].
func (c *preparedConn) Close() error { return errors.Join(c.closeIdle(), c.sqliteConn.Close()) }

// Unwrap returns the connection of the driver, for functions of the driver.
func (c *preparedConn) Unwrap() driver.Conn { return c.sqliteConn }

// preparedRows put their statement back when they are closed.
type preparedRows struct {
	driver.Rows
	put func() error
}

func (r *preparedRows) Close() error { return errors.Join(r.Rows.Close(), r.put()) }
