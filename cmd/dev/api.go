package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/joho/godotenv"
)

// tags are what the API is built with everywhere: see the Makefile.
const tags = "nomsgpack"

// An api is how the API is built from a folder and started from there.
type api struct {
	binary      string
	environment []string
	ready       string // address of its readiness
	out         io.Writer
	sum         [sha256.Size]byte // of the binary
}

// newAPI returns the API of the current folder, if its address is free.
func newAPI(s *settings, out io.Writer) (*api, error) {
	if err := free(s.addr); err != nil {
		return nil, fmt.Errorf("ADDR: %w", err)
	}
	return &api{
		binary:      filepath.Join(state, "api"),
		environment: append(defaults(), append(os.Environ(), s.environment()...)...),
		ready:       "http://" + s.local() + "/readyz",
		out:         out,
	}, nil
}

// defaults returns what suits development, as long as neither the environment nor .env says otherwise:
// the API puts its environment before the file.
func defaults() (variables []string) {
	file, _ := godotenv.Read(".env") // readSettings has read it
	for _, variable := range []string{"LOG_FORMAT=text", "STOP_DELAY=0s", "DATABASE_URL=sqlite:" + state + "/items.db"} {
		name, _, _ := strings.Cut(variable, "=")
		if _, found := file[name]; !found {
			variables = append(variables, variable)
		}
	}
	return variables
}

// build builds the API, and reports whether it became another one. The compiler writes what is wrong.
func (a *api) build(ctx context.Context) (bool, error) {
	build := exec.CommandContext(ctx, "go", "build", "-tags", tags, "-ldflags", "-s -w", "-o", a.binary, ".")
	build.Stdout, build.Stderr = a.out, a.out
	if err := build.Run(); err != nil {
		return false, fmt.Errorf("building the API: %w", err)
	}
	binary, err := os.ReadFile(a.binary)
	if err != nil {
		return false, err
	}
	before := a.sum
	a.sum = sha256.Sum256(binary)
	return a.sum != before, nil
}

// start starts what was built last.
func (a *api) start() (*process, error) {
	return startProcess(a.binary, a.environment, a.out)
}

// free reports whether somebody else listens where the API will.
func free(addr string) error {
	listener, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is in use: stop the program that has it, or set ADDR to another, for example ADDR=:8081", addr)
	}
	if err != nil {
		return err
	}
	return listener.Close()
}
