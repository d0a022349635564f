package devidp

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// Listen returns a listener on the loopback address addr: ":9000" and "localhost:9000" mean
// 127.0.0.1. Other addresses are an error, because this provider signs in every caller.
func Listen(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("devidp: listen address: %w", err)
	}
	if host == "" || host == "localhost" {
		host = "127.0.0.1"
	}
	if !loopback(host) {
		return nil, fmt.Errorf("devidp: listen address %q is not loopback: this provider signs in every caller", addr)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("devidp: port %s is in use: stop the program that uses it, or choose another port: %w", port, err)
	}
	if err != nil {
		return nil, fmt.Errorf("devidp: %w", err)
	}
	return listener, nil
}
