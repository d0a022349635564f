package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"

	"example.com/gatehouse/config"
)

// tags are what the API is built with everywhere: see the Makefile.
const tags = "nomsgpack"

// An api is how the API is built from a folder and started from there.
type api struct {
	binary    string   // what runs
	built     string   // the last build, until it starts: Windows does not overwrite a program that runs
	variables []string // its environment
	ready     string   // the URL of its readiness
	out       io.Writer
	sum       [sha256.Size]byte // of the last build
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
	return &api{
		binary: filepath.Join(state, executable("api")), built: filepath.Join(state, executable("api-next")),
		variables: s.variables(), ready: "http://" + local + "/readyz", out: out,
	}, nil
}

// executable returns the name of a program's file.
func executable(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

// build builds the API, and reports whether that changed it. The compiler writes its errors to out.
func (a *api) build(ctx context.Context) (bool, error) {
	build := exec.CommandContext(ctx, "go", "build", "-tags", tags, "-ldflags", "-s -w", "-o", a.built, ".")
	build.Stdout, build.Stderr = a.out, a.out
	if err := build.Run(); err != nil {
		return false, fmt.Errorf("building the API: %w", err)
	}
	binary, err := os.ReadFile(a.built)
	if err != nil {
		return false, err
	}
	before := a.sum
	a.sum = sha256.Sum256(binary)
	return a.sum != before, nil
}

// start starts the last build. The one before it has ended.
func (a *api) start() (*process, error) {
	if err := os.Rename(a.built, a.binary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return startProcess(a.binary, a.variables, a.out)
}

// free returns an error if another program listens at the address. Windows has an error of its own for that.
func free(addr string) error {
	const wsaEADDRINUSE = syscall.Errno(10048)
	listener, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaEADDRINUSE) {
		return fmt.Errorf("%s is in use: stop the program that has it, or set ADDR to another, for example ADDR=:8081", addr)
	}
	if err != nil {
		return err
	}
	return listener.Close()
}
