package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// An api is the API as a process of its own.
type api struct {
	command *exec.Cmd
	ready   string // address of its readiness
}

// newAPI builds the API from the current folder.
func newAPI(ctx context.Context, s *settings) (*api, error) {
	if err := free(s.addr); err != nil {
		return nil, fmt.Errorf("ADDR: %w", err)
	}
	binary := filepath.Join(state, "api")
	build := exec.CommandContext(ctx, "go", "build", "-tags", "nomsgpack", "-o", binary, ".")
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("building the API: %w", err)
	}
	command := exec.CommandContext(ctx, binary)
	command.Env = append([]string{"LOG_FORMAT=text"}, append(os.Environ(), s.environment()...)...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 15 * time.Second
	host, port, _ := net.SplitHostPort(s.addr)
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "localhost"
	}
	return &api{command, "http://" + net.JoinHostPort(host, port) + "/readyz"}, nil
}

// run runs the API until it ends: of itself, which is an error, or because ctx is done. A terminal
// sends Ctrl-C to the API as well, which may be the first to act on it.
func (a *api) run(ctx context.Context) error {
	err := a.command.Run()
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(time.Second):
	}
	if err == nil {
		err = errors.New("without an error")
	}
	return fmt.Errorf("the API ended: %w", err)
}

// waitUntilReady returns when the API can verify tokens.
func (a *api) waitUntilReady(ctx context.Context) error {
	deadline, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	for {
		if answers(deadline, a.ready) {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-deadline.Done():
			return fmt.Errorf("the API was not ready in time: see %s", a.ready)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func answers(ctx context.Context, address string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
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
