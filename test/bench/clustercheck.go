package main

import (
	"context"
	"fmt"
	"time"
)

// check checks that callers cannot tell several instances from one. It ends with one killed.
func (c *cluster) check(ctx context.Context, b *bench, r *report, p *program) error {
	var targets []target
	for _, check := range []func(context.Context, *bench) ([]target, error){
		c.checkItems,
		c.checkRevocations,
		func(ctx context.Context, b *bench) ([]target, error) { return c.checkLimits(ctx, b, p) },
		c.checkKill,
	} {
		checked, err := check(ctx, b)
		if err != nil {
			return err
		}
		targets = append(targets, checked...)
	}
	r.targets(targets...)
	for _, t := range targets {
		if !t.met {
			return fmt.Errorf("%s: %s, and not %s", t.what, t.measured, t.limit)
		}
	}
	return nil
}

func (c *cluster) checkItems(ctx context.Context, b *bench) (targets []target, err error) {
	for _, check := range []struct {
		what string
		n    int
		run  func(ctx context.Context, n int) (int, error)
	}{
		{"items created through one instance, and at once read and changed through another", sharedItems, c.share},
		{fmt.Sprintf("items of which one of %d changes for the same version (`If-Match`) was made, and the others got 412", rivals), contestedItems, c.changeAtOnce},
		{"items seen once on a list whose pages came from all instances while they added to it", listedItems, c.listWhileWriting},
	} {
		b.progress.Printf("instances: %s", check.what)
		n := b.some(check.n)
		good, err := check.run(ctx, n)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", check.what, err)
		}
		targets = append(targets, target{check.what, number(good), "all " + number(n), good == n})
	}
	return targets, nil
}

func (c *cluster) checkRevocations(ctx context.Context, b *bench) (targets []target, err error) {
	for _, check := range []struct {
		what   string
		revoke func(context.Context, time.Duration) (time.Duration, error)
	}{
		{"time until every instance rejected an API key that one revoked", c.revokeKey},
		{"time until every instance rejected the tokens of a subject that one revoked", c.revokeSubject},
	} {
		b.progress.Printf("instances: %s", check.what)
		took, err := check.revoke(ctx, revocationCheck)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", check.what, err)
		}
		targets = append(targets, target{check.what, fmt.Sprintf("%.1f s", took.Seconds()), fmt.Sprintf("at most %.1f s", maxRevocation.Seconds()), took <= maxRevocation})
	}
	return targets, nil
}

// checkLimits checks the limit of items, which is in the database, and that of requests, which each instance has.
func (c *cluster) checkLimits(ctx context.Context, b *bench, p *program) ([]target, error) {
	b.progress.Printf("instances: limits")
	created, err := c.createToTheLimit(ctx)
	if err != nil {
		return nil, err
	}
	accepted, err := acceptedRequests(ctx, p, c.issuer)
	if err != nil {
		return nil, err
	}
	want := requestLimit * len(c.instances)
	return []target{
		{"items of one caller, created through all instances at once, until the others got 409", number(created), number(itemLimit), created == itemLimit},
		{fmt.Sprintf("requests of one caller that were accepted in a minute with `RATE_LIMIT=%d`, which each of %d instances counts for itself", requestLimit, len(c.instances)),
			number(accepted), number(want), accepted == want},
	}, nil
}

func (c *cluster) checkKill(ctx context.Context, b *bench) ([]target, error) {
	b.progress.Printf("instances: killing one")
	k, err := c.kill(ctx, b.some(writesBeforeKill))
	if err != nil {
		return nil, err
	}
	return []target{{
		fmt.Sprintf("acknowledged writes lost when an instance was killed, of %s; %s got no response", number(k.acknowledged), number(k.failed)),
		number(k.lost), "0", k.lost == 0}}, nil
}
