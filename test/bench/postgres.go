package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// serverVariable names a PostgreSQL server that is there already.
const serverVariable = "TEST_DATABASE_URL"

// errNoPostgres is what a document says of a machine without it.
var errNoPostgres = errors.New("not measured: no PostgreSQL on this machine")

// A postgres is an empty schema on a PostgreSQL server.
type postgres struct {
	address string
	close   func() // drops the schema, and stops the server if it was started for it
}

// startPostgres makes a schema on the server that TEST_DATABASE_URL names, or on one that it starts
// from Debian's package. The error is errNoPostgres where neither is there.
func startPostgres(ctx context.Context) (*postgres, error) {
	server, stop := os.Getenv(serverVariable), func() {}
	if !strings.HasPrefix(server, "postgres") {
		var err error
		if server, stop, err = initPostgres(ctx); err != nil {
			return nil, err
		}
	}
	address, drop, err := createSchema(ctx, server)
	if err != nil {
		stop()
		return nil, err
	}
	return &postgres{address, func() { drop(); stop() }}, nil
}

// initPostgres starts a server of its own, on a socket in a temporary folder.
func initPostgres(ctx context.Context) (address string, stop func(), err error) {
	programs := postgresPrograms()
	if programs == "" {
		return "", nil, errNoPostgres
	}
	folder, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return "", nil, err
	}
	as, err := giveAway(folder)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(folder))
	}
	data, log := filepath.Join(folder, "data"), filepath.Join(folder, "log")
	do := func(ctx context.Context, program string, arguments ...string) error {
		line := slices.Concat(as, []string{filepath.Join(programs, program), "-D", data}, arguments)
		command := exec.CommandContext(ctx, line[0], line[1:]...)
		command.Dir = folder // where its user may be
		return command.Run()
	}
	stop = func() {
		do(context.Background(), "pg_ctl", "-m", "immediate", "stop")
		os.RemoveAll(folder)
	}
	err = do(ctx, "initdb", "-U", "postgres", "-A", "trust")
	if err == nil {
		err = do(ctx, "pg_ctl", "-w", "-l", log, "-o", "-c listen_addresses='' -k "+folder, "start")
	}
	if err != nil {
		said, _ := os.ReadFile(log)
		stop()
		return "", nil, fmt.Errorf("starting PostgreSQL: %w\n%s", err, said)
	}
	return "postgres://postgres@/postgres?host=" + url.QueryEscape(folder), stop, nil
}

// postgresPrograms returns the folder of initdb and pg_ctl, or nothing.
func postgresPrograms() string {
	// Debian's are not in the PATH, and several versions may be there.
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return majorVersion(a) - majorVersion(b) }))
	}
	if found, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(found)
	}
	return ""
}

// majorVersion returns the 17 of /usr/lib/postgresql/17/bin/initdb.
func majorVersion(path string) int {
	version, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return version
}

// giveAway gives a folder to the user postgres if this is root, as whom the server does not run. It
// returns what begins a command line of that user.
func giveAway(folder string) ([]string, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return []string{"runuser", "-u", u.Username, "--"}, os.Chown(folder, uid, gid)
}

// createSchema makes a schema, and returns the address of a database in which there is nothing else.
func createSchema(ctx context.Context, server string) (address string, drop func(), err error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, fmt.Errorf("%s is not an address", serverVariable) // which has a password in it
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

// execute runs one statement.
func execute(ctx context.Context, server, statement string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(ctx, statement)
	return err
}
