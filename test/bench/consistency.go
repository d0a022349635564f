package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"example.com/gatehouse/auth/authtest"
)

const (
	maxRevocation   = 5 * time.Second // until every instance rejects what one of them revoked
	revocationCheck = 8 * time.Second // which is when it gives up
	requestLimit    = 2               // of a caller in a minute
	itemLimit       = 1000            // of a caller (store.DefaultLimit)
)

// revokeKey revokes an API key through one instance. It returns how long any instance accepted the key after that.
func (c *cluster) revokeKey(ctx context.Context, patience time.Duration) (time.Duration, error) {
	owner := client{c.http, c.issuer.token(authtest.Claims{"sub": "key-owner", "scope": "keys:write items:read", "auth_time": time.Now().Unix()})}
	made, err := owner.want(ctx, http.StatusCreated, http.MethodPost, c.address(0), "/keys", `{"name":"bench","scopes":["items:read"]}`)
	if err != nil {
		return 0, err
	}
	var key struct{ Key string }
	if err := json.Unmarshal([]byte(made.body), &key); err != nil {
		return 0, err
	}
	return c.untilRejected(ctx, client{c.http, key.Key}, patience, func() error {
		_, err := owner.want(ctx, http.StatusNoContent, http.MethodDelete, c.address(0), made.path, "")
		return err
	})
}

// revokeSubject is revokeKey for the tokens of a subject.
func (c *cluster) revokeSubject(ctx context.Context, patience time.Duration) (time.Duration, error) {
	admin := client{c.http, c.issuer.token(authtest.Claims{"roles": []string{"admin"}})}
	return c.untilRejected(ctx, c.client("leaver"), patience, func() error {
		_, err := admin.want(ctx, http.StatusNoContent, http.MethodPost, c.address(0), "/admin/revocations", `{"subject":"leaver"}`)
		return err
	})
}

// untilRejected returns how long after its revocation an instance accepted a credential that all of them had seen before.
func (c *cluster) untilRejected(ctx context.Context, caller client, patience time.Duration, revoke func() error) (time.Duration, error) {
	for k := range c.instances {
		if _, err := caller.want(ctx, http.StatusOK, http.MethodGet, c.address(k), "/items", ""); err != nil {
			return 0, err
		}
	}
	if err := revoke(); err != nil {
		return 0, err
	}
	began := time.Now()
	for k := range c.instances {
		for {
			got, err := caller.do(ctx, http.MethodGet, c.address(k), "/items", "", "")
			if err != nil {
				return 0, err
			}
			if got.status == http.StatusUnauthorized || time.Since(began) > patience {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	return time.Since(began), nil
}

// createToTheLimit creates items of one owner through all instances at once, half as many again as the owner may have.
// It returns how many were created.
func (c *cluster) createToTheLimit(ctx context.Context) (int, error) {
	caller := c.client("collector")
	return concurrently(itemLimit*3/2, func(k int) (bool, error) {
		got, err := caller.do(ctx, http.MethodPost, c.address(k), "/items", draft, "")
		if err == nil && got.status != http.StatusCreated && got.status != http.StatusConflict {
			err = fmt.Errorf("POST /items returned %d %s", got.status, got.body)
		}
		return got.status == http.StatusCreated, err
	})
}

// acceptedRequests returns how many requests of a caller the instances of a cluster with RATE_LIMIT accept in turn.
func acceptedRequests(ctx context.Context, p *program, i *issuer) (accepted int, err error) {
	c, err := startCluster(ctx, p, i, "DATABASE_URL=memory:", fmt.Sprint("RATE_LIMIT=", requestLimit))
	if err != nil {
		return 0, err
	}
	defer c.close()
	caller := c.client("eager")
	for range 5 * requestLimit * len(c.instances) {
		got, err := caller.do(ctx, http.MethodGet, c.balancer.address(len(c.instances)), "/me", "", "")
		if err != nil {
			return 0, err
		}
		if got.status == http.StatusOK {
			accepted++
		}
	}
	return accepted, nil
}
