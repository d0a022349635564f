package store

import "database/sql"

// OpenPrepared opens a database whose connections prepare each statement once.
func OpenPrepared(source string) (*sql.DB, error) { return openPrepared(source) }

// MaxStatements is how many prepared statements a connection has.
const MaxStatements = maxStatements

// PreparedStatements returns how many statements a connection of the driver has prepared.
func PreparedStatements(conn any) int { return len(conn.(*preparedConn).idle) }
