package main

import (
	"context"
	"net/http"
	"runtime"
)

// measureInstances measures several instances of the API on one PostgreSQL database against one, and checks
// that callers see no difference.
func measureInstances(ctx context.Context, b *bench, r *report) error {
	r.heading("Several instances")
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
	c, err := startCluster(ctx, program, i, "DATABASE_URL="+url)
	if err != nil {
		return err
	}
	defer c.close()
	all, err := c.measure(ctx, b)
	if err != nil {
		return err
	}
	reportCluster(b, r, c.balancer.name(), all)
	return c.check(ctx, b, r, program)
}

// The meters of a load on a cluster.
const (
	ofAPI = iota
	ofBalancer
	ofPostgres
)

// measure sends the same requests to each number of instances, through the balancer.
func (c *cluster) measure(ctx context.Context, b *bench) (all []workload, err error) {
	b.progress.Printf("instances: requests")
	database, err := findBackends(ctx, b.postgres)
	if err != nil {
		return nil, err
	}
	defer database.close()
	caller, tokens := c.issuer.tokenOf("caller"), creatorTokens(c.issuer)
	var groups [][]*operation
	for k, n := range clusterSizes {
		l, err := dialAll(c.balancer.address(n))
		if err != nil {
			return nil, err
		}
		defer l.close()
		l.meters = []meter{ofAPI: c.instances[:n], ofBalancer: c.balancer, ofPostgres: database}
		if k == 0 {
			if _, err := l.run(creations(caller, ownItems), http.StatusCreated); err != nil {
				return nil, err
			}
		}
		all = append(all, newWorkload(l, b, caller, tokens))
		for o, operation := range all[k].operations() {
			operation.base = all[0].operations()[o]
		}
		groups = append(groups, all[k].groups()...)
	}
	return all, measure(ctx, b.rounds, groups)
}

// idle is CPU time of a process that does nothing for a request, or cannot be measured.
const idle = 5e-6

func reportCluster(b *bench, r *report, balancer string, all []workload) {
	r.paragraph("1, 2 and 4 processes of the built program on one PostgreSQL database, behind %s, which gives them turns. Each has one core: with %d cores, "+
		"the second has another one than the first, and the third and fourth share these. %[1]s, PostgreSQL and the load run beside them on the same cores. "+
		"%[3]d connections that stay open. Columns with 2 and 4 are multiples of one instance behind the same proxy in the same round; medians of %[4]d rounds.",
		balancer, runtime.NumCPU(), connections, b.rounds)
	r.paragraph("Requests per second show what is left when all of it shares a machine, and not what more machines would give. The CPU of a request rises as well " +
		"where more processes take turns on a core. GET /healthz is the control: it has nothing in common with other instances.")
	rows := [][]string{{"", "requests/s of 1", "2", "4", "p50 of 1", "2", "4", "p99 of 1", "2", "4"}}
	costs := [][]string{{"CPU for a request", "API, 1", "2", "4", balancer + ", 1", "2", "4", "PostgreSQL, 1", "2", "4"}}
	cores := [][]string{{"requests/s that fill a core", "API", balancer, "PostgreSQL"}}
	for k, one := range all[0].operations() {
		row, cost, core := []string{one.name}, []string{one.name}, []string{one.name}
		row = append(append(row, number(one.median(sample.perSecond))), multiples(all, k, sample.perSecond)...)
		row = append(append(row, microseconds(one.median(sample.middle))), multiples(all, k, sample.middle)...)
		row = append(append(row, microseconds(one.median(sample.tail))), multiples(all, k, sample.tail)...)
		for meter := ofAPI; meter <= ofPostgres; meter++ {
			seconds := func(s sample) float64 { return s.secondsOf(meter) }
			if one.median(seconds) < idle {
				cost, core = append(cost, "", "", ""), append(core, "")
				continue
			}
			cost = append(append(cost, microseconds(one.median(seconds))), multiples(all, k, seconds)...)
			core = append(core, number(1/one.median(seconds)))
		}
		rows, costs, cores = append(rows, row), append(costs, cost), append(cores, core)
	}
	r.table(rows...)
	r.table(costs...)
	r.table(cores...)
}

// multiples returns a property of the kth operation of each workload but the first, as a multiple of the first one's.
func multiples(all []workload, k int, property func(sample) float64) []string {
	return each(all[1:], func(w workload) string { return ratio(w.operations()[k].ratio(property)) })
}
