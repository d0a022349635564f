package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// A connection is one HTTP/1.1 connection that stays open. It implements no more of HTTP than it needs,
// to leave the CPU to the server.
type connection struct {
	net.Conn
	in       *bufio.Reader
	location string // of the latest response
}

func dial(address string) (*connection, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &connection{Conn: conn, in: bufio.NewReader(conn)}, nil
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
	first := string(line)
	if err := c.skip(); err != nil {
		return err
	}
	if !strings.HasPrefix(first, fmt.Sprintf("HTTP/1.1 %d ", status)) {
		return fmt.Errorf("the server returned %q and not %d", first, status)
	}
	return nil
}

// skip reads the rest of a response. Without a length it has no body: 204, for example.
func (c *connection) skip() error {
	c.location = ""
	length, chunked := 0, false
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch string(name) {
		case "Content-Length":
			length, _ = strconv.Atoi(string(value))
		case "Location":
			c.location = string(value)
		case "Transfer-Encoding":
			chunked = true
		}
	}
	if chunked {
		return c.skipChunks()
	}
	_, err := c.in.Discard(length)
	return err
}

// skipChunks reads a body in chunks, each between its length and a line break (RFC 9112, section 7.1).
// The last one is empty.
func (c *connection) skipChunks() error {
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		length, err := strconv.ParseInt(string(line), 16, 32)
		if err != nil {
			return err
		}
		if _, err := c.in.Discard(int(length) + len("\r\n")); err != nil || length == 0 {
			return err
		}
	}
}

// line returns the next line. It is valid until the next read.
func (c *connection) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

// render returns the text of a GET request, with a token unless it is empty.
func render(path, token string) []byte { return renderBody("GET", path, token, "") }

// renderBody returns the text of a request, with a JSON body unless it is empty.
func renderBody(method, path, token, body string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: application/json\r\n", method, path)
	if token != "" {
		fmt.Fprintf(&b, "Authorization: Bearer %s\r\n", token)
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return []byte(b.String())
}
