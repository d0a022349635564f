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
	"syscall"

	"example.com/gatehouse/config"
)

// tags are what the API is built with everywhere: see the Makefile.
const tags = "nomsgpack"

// An api is how the API is built from a folder and started from there.
type api struct {
	binary    string
	variables []string // its environment
	ready     string   // the URL of its readiness
	out       io.Writer
	sum       [sha256.Size]byte // of the binary
}

// newAPI returns the API of the current folder, if its address is free.
func newAPI(s *settings, out io.Writer) (*api, error) {
	local, err := config.LocalAddr(s.Addr)
	if err == nil {
		err = free(s.Addr)
	}
	if err != nil {
		return nil, fmt.Errorf("ADDR: %w", err)
	}
	return &api{binary: filepath.Join(state, "api"), variables: s.variables(), ready: "http://" + local + "/readyz", out: out}, nil
}

// build builds the API, and reports whether its binary changed. The compiler writes its errors to out.
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

// start starts the last build.
func (a *api) start() (*process, error) {
	return startProcess(a.binary, a.variables, a.out)
}

// free reports whether another program listens at the address.
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
