package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// serverVariable names a PostgreSQL server, as for the tests of the store.
const serverVariable = "TEST_DATABASE_URL"

// postgresURL returns the URL of the server, or the empty string.
func postgresURL(getenv func(string) string) string {
	if url := getenv(serverVariable); strings.HasPrefix(url, "postgres") {
		return url
	}
	return ""
}

// createSchema creates an empty schema. It returns the URL with that schema, and a function that drops
// it.
func createSchema(ctx context.Context, server string) (address string, drop func(), err error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, fmt.Errorf("%s is not a URL", serverVariable) // err has the password
	}
	schema := fmt.Sprintf("bench_%x", time.Now().UnixNano())
	if err := execute(ctx, server, "CREATE SCHEMA "+schema); err != nil {
		return "", nil, err
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String(), func() { execute(context.Background(), server, "DROP SCHEMA "+schema+" CASCADE") }, nil
}

// execute executes one statement.
func execute(ctx context.Context, server, statement string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(ctx, statement)
	return err
}
