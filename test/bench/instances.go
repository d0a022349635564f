package main

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
)

// measureInstances measures two instances of the API on one PostgreSQL database against one, and checks
// that callers see no difference.
func measureInstances(ctx context.Context, b *bench, r *report) error {
	r.heading("Two instances")
	if b.postgres == "" {
		r.paragraph(noPostgres)
		return nil
	}
	url, drop, err := createSchema(ctx, b.postgres)
	if err != nil {
		return err
	}
	defer drop()
	i := startIssuer("RS256")
	defer i.close()
	b.progress.Printf("instances: building and starting the servers")
	program, err := build(ctx)
	if err != nil {
		return err
	}
	defer program.remove()
	c, err := startCluster(ctx, program, i, url)
	if err != nil {
		return err
	}
	defer c.close()
	one, two, err := c.measure(ctx, b)
	if err != nil {
		return err
	}
	reportCluster(b, r, one, two)
	return c.check(ctx, b, r)
}

// measure sends the same requests to one instance and to two, through the balancer.
func (c *cluster) measure(ctx context.Context, b *bench) (one, two workload, err error) {
	b.progress.Printf("instances: requests")
	l, err := dialAll(c.balancer.address())
	if err != nil {
		return one, two, err
	}
	defer l.close()
	caller, tokens := c.issuer.tokenOf("caller"), creatorTokens(c.issuer)
	one, two = newWorkload(l, b, caller, tokens), newWorkload(l, b, caller, tokens)
	if _, err := l.run(creations(caller, ownItems), http.StatusCreated); err != nil {
		return one, two, err
	}
	for k, o := range two.operations() {
		o.base = one.operations()[k]
		o.before(func() { c.balancer.use(c.instances[:]...) })
		o.base.before(func() { c.balancer.use(c.instances[0]) })
	}
	err = measure(ctx, b.rounds, append(one.groups(), two.groups()...))
	c.balancer.use(c.instances[:]...)
	return one, two, err
}

func reportCluster(b *bench, r *report, one, two workload) {
	rows := [][]string{{"", "requests/s of one", "requests/s of two", "requests/s", "p50", "p99"}}
	for _, o := range two.operations() {
		rows = append(rows, []string{o.name, number(o.base.median(sample.perSecond)), number(o.median(sample.perSecond)),
			ratio(o.ratio(sample.perSecond)), ratio(o.ratio(sample.middle)), ratio(o.ratio(sample.tail))})
	}
	r.paragraph("Two processes of the built program on one PostgreSQL database, behind a plain reverse proxy that gives them turns. "+
		"%d connections that stay open; the last three columns are of two instances against one, behind the same proxy in the same round; medians of %d rounds. "+
		"The instances, the proxy, PostgreSQL and the load share the same %d cores: the ratios show what a second instance costs there, "+
		"and not what it would give on a machine of its own.", connections, b.rounds, runtime.NumCPU())
	r.table(rows...)
}

// check checks that callers cannot tell two instances from one. It ends with one killed.
func (c *cluster) check(ctx context.Context, b *bench, r *report) error {
	var targets []target
	for _, check := range []struct {
		what string
		n    int
		run  func(ctx context.Context, n int) (int, error)
	}{
		{"items created through one instance, and at once read and changed through the other", sharedItems, c.useBoth},
		{fmt.Sprintf("items of which one of %d changes for the same version (`If-Match`) was made, and the others got 412", rivals), contestedItems, c.changeAtOnce},
		{"items seen once on a list whose pages came from both instances while they added to it", listedItems, c.listWhileWriting},
	} {
		b.progress.Printf("instances: %s", check.what)
		n := b.some(check.n)
		good, err := check.run(ctx, n)
		if err != nil {
			return fmt.Errorf("%s: %w", check.what, err)
		}
		targets = append(targets, target{check.what, number(good), "all " + number(n), good == n})
	}
	b.progress.Printf("instances: killing one")
	k, err := c.kill(ctx, b.some(writesBeforeKill))
	if err != nil {
		return err
	}
	targets = append(targets, target{
		fmt.Sprintf("acknowledged writes lost when an instance was killed, of %s; %s got no response", number(k.acknowledged), number(k.failed)),
		number(k.lost), "0", k.lost == 0})
	r.targets(targets...)
	for _, t := range targets {
		if !t.met {
			return fmt.Errorf("%s: %s, and not %s", t.what, t.measured, t.limit)
		}
	}
	return nil
}
