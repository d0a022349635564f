package providers

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A process is a program that serves HTTP on a loopback address.
type process struct {
	url string
	out *output
}

// start starts a program and waits until an address of it responds with 200.
func start(t *testing.T, command *exec.Cmd, url, ready string) *process {
	t.Helper()
	p := &process{url: url, out: &output{}}
	command.Stdout, command.Stderr = p.out, p.out
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	begin := time.Now()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		if t.Failed() {
			t.Logf("%s printed:\n%s", command.Path, p.out)
		}
	})
	for range 4 * 240 {
		if response, err := http.Get(url + ready); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				t.Logf("%s is ready after %v", filepath.Base(command.Path), time.Since(begin).Round(time.Second))
				return p
			}
		}
		select {
		case err := <-ended:
			t.Fatalf("%s ended: %v", command.Path, err)
		case <-time.After(250 * time.Millisecond):
		}
	}
	t.Fatalf("%s is not ready after four minutes", command.Path)
	return nil
}

// run runs a command that must succeed, and returns what it prints.
func run(t *testing.T, folder, name string, arguments ...string) string {
	t.Helper()
	begin := time.Now()
	command := exec.CommandContext(t.Context(), name, arguments...)
	command.Dir = folder
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, arguments, err, out)
	}
	if took := time.Since(begin).Round(time.Second); took > 0 {
		t.Logf("%s took %v", name, took)
	}
	return string(out)
}

// cache returns the path of a folder for what is downloaded or built.
func cache(t *testing.T, name string) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("../../.dev/providers", name))
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// exists reports whether there is such a file.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// fileHash returns a name for the content of a file.
func fileHash(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%.6x", sha256.Sum256(content))
}

// port returns the port of a URL on this machine.
func port(at string) string { return at[strings.LastIndexByte(at, ':')+1:] }

// freeAddress returns the URL of a port that is free.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprintf("http://localhost:%d", l.Addr().(*net.TCPAddr).Port)
}

// An output collects what a program prints.
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
