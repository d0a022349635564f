package devidp_test

import (
	"net"
	"strings"
	"testing"

	"example.com/gatehouse/devidp"
)

func TestListenIsLoopbackOnly(t *testing.T) {
	for _, tt := range []struct {
		addr, want string // want is in the error; empty when it listens
	}{
		{":0", ""},
		{"localhost:0", ""},
		{"127.0.0.1:0", ""},
		{"127.0.0.2:0", ""},
		{"0.0.0.0:0", "not loopback"},
		{"[::]:0", "not loopback"},
		{"192.0.2.1:0", "not loopback"},
		{"example.com:0", "not loopback"},
		{"localhost.example.com:0", "not loopback"},
		{"localhost", "port"},
		{"localhost:none", "none"},
	} {
		listener, err := devidp.Listen(tt.addr)
		if err == nil {
			defer listener.Close()
			if ip := listener.Addr().(*net.TCPAddr).IP; !ip.IsLoopback() {
				t.Errorf("%s: listens on %v", tt.addr, ip)
			}
		}
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: got %v, want %q", tt.addr, err, tt.want)
		}
	}
}

func TestListenReportsAPortInUse(t *testing.T) {
	first, err := devidp.Listen("localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	_, port, _ := net.SplitHostPort(first.Addr().String())
	second, err := devidp.Listen(":" + port)
	if err == nil {
		second.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "port "+port+" is in use") {
		t.Errorf("got %v", err)
	}
}
