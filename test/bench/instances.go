package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
)

// instances measures two instances of the API on one PostgreSQL database against one, and looks
// whether callers can tell the difference.
func instances(ctx context.Context, b *bench, p *page) error {
	p.heading("Two instances")
	postgres, err := b.postgres(ctx)
	if errors.Is(err, errNoPostgres) {
		p.paragraph("PostgreSQL: %v.", err)
		return nil
	}
	if err != nil {
		return err
	}
	defer postgres.close()
	i := startIssuer("RS256")
	defer i.close()
	b.progress.Printf("instances: building and starting the servers")
	program, err := build(ctx, b.root)
	if err != nil {
		return err
	}
	defer program.remove()
	f, err := startFleet(ctx, program, i, postgres.address)
	if err != nil {
		return err
	}
	defer f.close()
	one, two, err := f.measure(ctx, b)
	if err != nil {
		return err
	}
	reportFleet(b, p, one, two)
	return f.judge(ctx, b, p)
}

// measure sends the same requests to one instance and to two, through the balancer.
func (f *fleet) measure(ctx context.Context, b *bench) (one, two life, err error) {
	b.progress.Printf("instances: requests")
	l, err := dialAll(f.balancer.address())
	if err != nil {
		return one, two, err
	}
	defer l.close()
	caller := f.issuer.tokenOf("caller")
	var tokens []string
	for k := range creators {
		tokens = append(tokens, f.issuer.tokenOf(fmt.Sprint("creator-", k)))
	}
	one, two = newLife(l, b, caller, tokens), newLife(l, b, caller, tokens)
	if _, err := l.run(creations(caller, ownItems), http.StatusCreated); err != nil {
		return one, two, err
	}
	for k, v := range two.visits() {
		v.base = one.visits()[k]
		v.before(func() { f.balancer.use(f.instances[:]...) })
		v.base.before(func() { f.balancer.use(f.instances[0]) })
	}
	err = measure(ctx, b.rounds, append(one.groups(), two.groups()...))
	f.balancer.use(f.instances[:]...)
	return one, two, err
}

func reportFleet(b *bench, p *page, one, two life) {
	rows := [][]string{{"", "requests/s of one", "requests/s of two", "requests/s", "p50", "p99"}}
	for k, v := range two.visits() {
		rows = append(rows, []string{v.name,
			number(median(each(one.visits()[k].laps, lap.perSecond))), number(median(each(v.laps, lap.perSecond))),
			times(v.ratio(lap.perSecond)), times(v.ratio(lap.middle)), times(v.ratio(lap.tail))})
	}
	p.paragraph("Two processes of the built program on one PostgreSQL database, behind a plain reverse proxy that gives them turns. "+
		"%d connections that stay open; the last three columns are of two instances against one, behind the same proxy in the same round; medians of %d rounds. "+
		"The instances, the proxy, PostgreSQL and the load share the same %d cores: the ratios say what a second instance costs there, "+
		"and not what it would give on a machine of its own.", connections, b.rounds, runtime.NumCPU())
	p.table(rows...)
}

// judge looks whether callers can tell two instances from one. It ends with one killed.
func (f *fleet) judge(ctx context.Context, b *bench, p *page) error {
	var goals []goal
	for _, check := range []struct {
		what string
		n    int
		run  func(ctx context.Context, n int) (int, error)
	}{
		{"items created through one instance, and at once read and changed through the other", crossings, f.cross},
		{fmt.Sprintf("items of which one of %d changes for the same version (`If-Match`) was made, and the others answered 412", rivals), conflicts, f.compete},
		{"items seen once on a list whose pages came from both instances while they added to it", listed, f.browse},
	} {
		b.progress.Printf("instances: %s", check.what)
		n := b.some(check.n)
		held, err := check.run(ctx, n)
		if err != nil {
			return fmt.Errorf("%s: %w", check.what, err)
		}
		goals = append(goals, goal{check.what, number(held), "all " + number(n), held == n})
	}
	b.progress.Printf("instances: killing one")
	l, err := f.kill(ctx, b.some(killed))
	if err != nil {
		return err
	}
	goals = append(goals, goal{
		fmt.Sprintf("acknowledged writes lost when an instance was killed, of %s; %s were not answered", number(l.acknowledged), number(l.unanswered)),
		number(l.lost), "0", l.lost == 0})
	p.goals(goals...)
	for _, g := range goals {
		if !g.met {
			return fmt.Errorf("%s: %s, and not %s", g.what, g.measured, g.target)
		}
	}
	return nil
}
