package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// A connection is one HTTP/1.1 connection that stays open. It knows no more of HTTP than it needs,
// so that it leaves the CPU to the server: a response has a Content-Length.
type connection struct {
	net.Conn
	in *bufio.Reader
}

func dial(address string) (*connection, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &connection{conn, bufio.NewReader(conn)}, nil
}

// expect sends a request and reads the response, which must have that status.
func (c *connection) expect(request []byte, status int) error {
	if _, err := c.Write(request); err != nil {
		return err
	}
	line, err := c.line()
	if err != nil {
		return err
	}
	if prefix := fmt.Sprintf("HTTP/1.1 %d ", status); !strings.HasPrefix(string(line), prefix) {
		return fmt.Errorf("the server answered %q and not %d", line, status)
	}
	return c.skip()
}

// skip reads the rest of a response.
func (c *connection) skip() error {
	length := -1
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		if len(line) == 0 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			length, _ = strconv.Atoi(string(value))
		}
	}
	if length < 0 {
		return errors.New("a response has no Content-Length")
	}
	_, err := c.in.Discard(length)
	return err
}

// line returns the next line, until the next read.
func (c *connection) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

// render returns a GET request as it goes over a connection. The token may be empty.
func render(path, token string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: application/json\r\n", path)
	if token != "" {
		fmt.Fprintf(&b, "Authorization: Bearer %s\r\n", token)
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}
