package main

import (
	"math/rand/v2"
	"net/http"
)

// A cycle checks different credentials in turn, again and again. With one token alone the branch
// predictor of the CPU would learn its characters.
type cycle struct {
	check   check
	request *http.Request
	values  []string // of the Authorization header
	next    int
}

// newCycle returns a cycle of tokens in random order.
func newCycle(check check, tokens []string) *cycle {
	var values []string
	for _, k := range rand.Perm(len(tokens)) {
		values = append(values, "Bearer "+tokens[k])
	}
	return &cycle{check: check, request: newRequest(values[0]), values: values}
}

// do checks the next credentials.
func (c *cycle) do() error {
	if c.values[c.next] != "" {
		c.request.Header["Authorization"][0] = c.values[c.next]
	}
	c.next = (c.next + 1) % len(c.values)
	return c.check(c.request)
}
