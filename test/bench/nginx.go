package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// An nginx is one process of nginx, which uses one core. It has an address for each number of instances.
type nginx struct {
	folder    string
	addresses map[int]string
	command   *exec.Cmd
	stop      context.CancelFunc
}

// startNginx starts nginx before instances. Connections on both of its sides stay open.
func startNginx(ctx context.Context, instances []string) (*nginx, error) {
	folder, err := os.MkdirTemp("", "gatehouse-nginx-")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	n := &nginx{folder: folder, addresses: map[int]string{}, stop: stop}
	if err := n.start(ctx, instances); err != nil {
		n.close()
		return nil, err
	}
	return n, nil
}

func (n *nginx) start(ctx context.Context, instances []string) error {
	config, err := n.configure(instances)
	if err != nil {
		return err
	}
	file := filepath.Join(n.folder, "config")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return err
	}
	command := exec.CommandContext(ctx, "nginx", "-e", "stderr", "-c", file)
	var output bytes.Buffer
	command.Stderr = &output
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 5 * time.Second
	if err := command.Start(); err != nil {
		return err
	}
	n.command = command
	deadline := time.Now().Add(5 * time.Second)
	for {
		conn, err := net.Dial("tcp", n.addresses[1])
		if err == nil {
			return conn.Close()
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("nginx does not listen: %s", &output)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// configure chooses the addresses, and returns a configuration. It has one process in place of a master and workers,
// whose CPU time is then that of nginx.
func (n *nginx) configure(instances []string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "daemon off; master_process off; pid %s/pid;\nevents { worker_connections 4096; }\nhttp {\n", n.folder)
	for _, module := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&b, "%s_temp_path %s/%s;\n", module, n.folder, module)
	}
	b.WriteString("access_log off; keepalive_timeout 300s; keepalive_requests 1000000000;\n")
	b.WriteString("proxy_http_version 1.1; proxy_set_header Connection \"\";\n")
	for _, size := range clusterSizes {
		address, err := freeAddress()
		if err != nil {
			return "", err
		}
		n.addresses[size] = address
		fmt.Fprintf(&b, "upstream first_%d { server %s; keepalive %d; keepalive_requests 1000000000; }\n",
			size, strings.Join(instances[:size], "; server "), connections)
		fmt.Fprintf(&b, "server { listen %s; location / { proxy_pass http://first_%d; } }\n", address, size)
	}
	b.WriteString("}\n")
	return b.String(), nil
}

func (n *nginx) name() string { return "nginx" }

func (n *nginx) address(instances int) string { return n.addresses[instances] }

func (n *nginx) processorTime() (time.Duration, error) { return processorTime(n.command.Process.Pid) }

func (n *nginx) close() {
	n.stop()
	if n.command != nil {
		n.command.Wait()
	}
	os.RemoveAll(n.folder)
}
