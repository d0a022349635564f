package e2e

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// An app is a running make run: the API and the development provider.
type app struct {
	api, provider string
	command       *exec.Cmd
	out           *output
}

// start starts make run on free ports, with more variables, and waits until it is ready.
func start(t *testing.T, variables ...string) *app {
	t.Helper()
	api, provider := freePort(t), freePort(t)
	s := &app{
		api:      "http://localhost:" + api,
		provider: "http://localhost:" + provider,
		command:  exec.Command("make", "run"),
		out:      &output{},
	}
	s.command.Dir = "../.."
	s.command.Env = append(os.Environ(), append(variables, "ADDR=:"+api, "DEVIDP_ADDR=localhost:"+provider)...)
	s.command.Stdout, s.command.Stderr = s.out, s.out
	s.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(t) })
	s.waitFor(t, "Gatehouse is ready.")
	return s
}

// stop sends the signal of Ctrl-C. Both programs must end.
func (s *app) stop(t *testing.T) {
	t.Helper()
	if s.command.ProcessState != nil {
		return
	}
	syscall.Kill(-s.command.Process.Pid, syscall.SIGINT)
	ended := make(chan struct{})
	go func() { s.command.Wait(); close(ended) }()
	select {
	case <-ended: // make itself fails when it is interrupted
		if strings.Contains(s.out.String(), "make run: ") {
			t.Errorf("make run printed an error:\n%s", s.out)
		}
	case <-time.After(20 * time.Second):
		syscall.Kill(-s.command.Process.Pid, syscall.SIGKILL)
		t.Errorf("make run did not end:\n%s", s.out)
	}
	for _, address := range []string{s.api, s.provider} {
		if c, err := net.Dial("tcp", strings.TrimPrefix(address, "http://")); err == nil {
			c.Close()
			t.Errorf("%s still accepts connections", address)
		}
	}
}

func (s *app) waitFor(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if strings.Contains(s.out.String(), text) {
			return
		}
	}
	t.Fatalf("make run did not print %q:\n%s", text, s.out)
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
}

// An output collects what programs print.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
