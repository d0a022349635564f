package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// A server is Gatehouse as it would be deployed, in a process of its own on half of the cores.
type server struct {
	address string
	command *exec.Cmd
	stop    context.CancelFunc
	out     string // directory of the program
}

// cores is how many the server may use: the load needs the others.
func cores() int { return max(1, runtime.NumCPU()/2) }

// startServer builds the program, starts it against the issuer, with more variables if given, and
// waits until it is ready.
func startServer(ctx context.Context, root string, i *issuer, variables ...string) (*server, error) {
	out, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return nil, err
	}
	s := &server{out: out, stop: func() {}}
	program := filepath.Join(out, "gatehouse")
	build := exec.CommandContext(ctx, "go", "build", "-C", root, "-tags", "nomsgpack", "-trimpath", "-o", program, ".")
	if text, err := build.CombinedOutput(); err != nil {
		s.close()
		return nil, fmt.Errorf("building the server: %w\n%s", err, text)
	}
	if err := s.start(ctx, program, i, variables); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *server) start(ctx context.Context, program string, i *issuer, variables []string) (err error) {
	if s.address, err = freeAddress(); err != nil {
		return err
	}
	ctx, s.stop = context.WithCancel(ctx)
	s.command = exec.CommandContext(ctx, program)
	s.command.Dir = s.out // where no .env is
	s.command.Env = append(variables, "OIDC_ISSUER="+i.URL, "OIDC_AUDIENCE="+audience, "ADDR="+s.address,
		"LOG_LEVEL=error", "GOMAXPROCS="+strconv.Itoa(cores()))
	s.command.Stdout, s.command.Stderr = os.Stderr, os.Stderr
	s.command.Cancel = func() error { return s.command.Process.Signal(syscall.SIGTERM) }
	s.command.WaitDelay = 5 * time.Second
	if err := s.command.Start(); err != nil {
		return err
	}
	return s.await(ctx)
}

// await returns when the server says that it is ready.
func (s *server) await(ctx context.Context) error {
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) && ctx.Err() == nil {
		response, err := http.Get("http://" + s.address + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("the server at %s did not get ready", s.address)
}

// processorTime returns the CPU time that the server has used.
func (s *server) processorTime() (time.Duration, error) {
	return processorTime(s.command.Process.Pid)
}

// close stops the server and removes the program.
func (s *server) close() {
	s.stop()
	if s.command != nil && s.command.Process != nil {
		s.command.Wait()
	}
	os.RemoveAll(s.out)
}

// freeAddress returns a loopback address on which nobody listens.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}
