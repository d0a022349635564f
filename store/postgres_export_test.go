package store

// PostgresUnavailable reports whether an error means that a server cannot be used at the moment.
func PostgresUnavailable(err error) bool { return postgresUnavailable(err) }
