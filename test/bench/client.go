package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// A client is a caller of the API that reads responses.
type client struct {
	http  *http.Client
	token string
}

// A response has what a client needs of one.
type response struct {
	status int
	etag   string
	path   string // Location
	body   string
}

// do sends a request, with If-Match unless it is empty.
func (c client) do(ctx context.Context, method, address, path, body, ifMatch string) (response, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://"+address+path, strings.NewReader(body))
	if err != nil {
		return response{}, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if ifMatch != "" {
		request.Header.Set("If-Match", ifMatch)
	}
	got, err := c.http.Do(request)
	if err != nil {
		return response{}, err
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	return response{got.StatusCode, got.Header.Get("ETag"), got.Header.Get("Location"), string(text)}, err
}

// want is do for a request whose response must have the status.
func (c client) want(ctx context.Context, status int, method, address, path, body string) (response, error) {
	got, err := c.do(ctx, method, address, path, body, "")
	if err == nil && got.status != status {
		err = fmt.Errorf("%s %s returned %d %s", method, path, got.status, got.body)
	}
	return got, err
}

// create creates an item.
func (c client) create(ctx context.Context, address, name string) (response, error) {
	return c.want(ctx, http.StatusCreated, http.MethodPost, address, "/items", fmt.Sprintf(`{"name":%q}`, name))
}

// list reads all items of the caller, in pages of a size from alternating addresses. It returns how often
// each path was seen.
func (c client) list(ctx context.Context, size int, addresses ...string) (map[string]int, error) {
	seen, cursor := map[string]int{}, ""
	for k := 0; ; k++ {
		got, err := c.do(ctx, http.MethodGet, addresses[k%len(addresses)], fmt.Sprintf("/items?limit=%d&cursor=%s", size, cursor), "", "")
		if err != nil {
			return nil, err
		}
		var page struct {
			Items      []struct{ ID string }
			NextCursor string `json:"next_cursor"`
		}
		if err := json.Unmarshal([]byte(got.body), &page); err != nil || got.status != http.StatusOK {
			return nil, fmt.Errorf("GET /items returned %d %s", got.status, got.body)
		}
		for _, item := range page.Items {
			seen["/items/"+item.ID]++
		}
		if cursor = page.NextCursor; cursor == "" {
			return seen, nil
		}
	}
}
