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

// A program is a server, built for deployment.
type program struct{ folder string }

// build builds Gatehouse.
func build(ctx context.Context) (*program, error) { return buildFolder(ctx, root) }

func buildFolder(ctx context.Context, source string) (*program, error) {
	folder, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return nil, err
	}
	p := &program{folder}
	command := exec.CommandContext(ctx, "go", "build", "-C", source, "-tags", "nomsgpack", "-trimpath", "-o", p.path(), ".")
	if text, err := command.CombinedOutput(); err != nil {
		p.remove()
		return nil, fmt.Errorf("building the server: %w\n%s", err, text)
	}
	return p, nil
}

func (p *program) path() string { return filepath.Join(p.folder, "gatehouse") }

func (p *program) remove() { os.RemoveAll(p.folder) }

// A server is a program in a process of its own, on half of the cores.
type server struct {
	address string
	command *exec.Cmd
	stop    context.CancelFunc
}

// cores returns how many cores the server uses. The load needs the others.
func cores() int { return max(1, runtime.NumCPU()/2) }

// start starts the program with an issuer and more variables, and waits until it is ready.
func (p *program) start(ctx context.Context, i *issuer, variables ...string) (*server, error) {
	return p.startCommand(ctx, i, []string{p.path()}, append([]string{"GOMAXPROCS=" + strconv.Itoa(cores())}, variables...))
}

// startOn is start on one core, modulo their number.
func (p *program) startOn(ctx context.Context, core int, i *issuer, variables ...string) (*server, error) {
	return p.startCommand(ctx, i, onCore(core, p.path()), append([]string{"GOMAXPROCS=1"}, variables...))
}

func (p *program) startCommand(ctx context.Context, i *issuer, command, variables []string) (*server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	s := &server{address: address, command: exec.CommandContext(ctx, command[0], command[1:]...), stop: stop}
	s.command.Dir = p.folder // which has no .env
	s.command.Env = append([]string{"OIDC_ISSUER=" + i.URL, "OIDC_AUDIENCE=" + audience, "ADDR=" + s.address,
		"LOG_LEVEL=error", "STOP_DELAY=0s"}, variables...)
	log, err := os.OpenFile(filepath.Join(p.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		stop()
		return nil, err
	}
	defer log.Close() // the process has its own
	s.command.Stdout, s.command.Stderr = log, os.Stderr
	s.command.Cancel = func() error { return s.command.Process.Signal(syscall.SIGTERM) }
	s.command.WaitDelay = 5 * time.Second
	if err := s.command.Start(); err != nil {
		stop()
		return nil, err
	}
	if err := s.waitUntilReady(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *server) waitUntilReady(ctx context.Context) error {
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) && ctx.Err() == nil {
		response, err := http.Get("http://" + s.address + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	return fmt.Errorf("the server at %s is not ready", s.address)
}

// processorTime returns the CPU time that the server has used.
func (s *server) processorTime() (time.Duration, error) {
	return processorTime(s.command.Process.Pid)
}

func (s *server) close() {
	s.stop()
	s.command.Wait()
}

// freeAddress returns a loopback address without a listener.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}
