package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
)

// maxOfList is how much more CPU time a list may take than the same query in an API written by hand.
const maxOfList = 1.3

// A database is one that is measured.
type database struct{ name, url string }

// databases returns a new file, and a new schema where there is a server.
func (b *bench) databases(ctx context.Context) (all []database, remove func(), err error) {
	folder, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return nil, nil, err
	}
	all = []database{{"SQLite", "sqlite:" + filepath.Join(folder, "items.db")}}
	if b.postgres == "" {
		return all, func() { os.RemoveAll(folder) }, nil
	}
	url, drop, err := createSchema(ctx, b.postgres)
	if err != nil {
		os.RemoveAll(folder)
		return nil, nil, err
	}
	return append(all, database{"PostgreSQL", url}), func() { drop(); os.RemoveAll(folder) }, nil
}

// measureLists measures a page of a list beside an API written by hand, which reads the same rows with the same driver.
func measureLists(ctx context.Context, b *bench, r *report) error {
	i := startIssuer("RS256")
	defer i.close()
	b.progress.Printf("lists: building the servers")
	ours, err := build(ctx)
	if err != nil {
		return err
	}
	defer ours.remove()
	bare, err := buildFolder(ctx, "bare")
	if err != nil {
		return err
	}
	defer bare.remove()
	databases, remove, err := b.databases(ctx)
	if err != nil {
		return err
	}
	defer remove()
	var all []*operation // pairs of Gatehouse and an API written by hand
	for _, d := range databases {
		pair, stop, err := startLists(ctx, b, i, d, ours, bare)
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		defer stop()
		all = append(all, pair...)
	}
	b.progress.Printf("lists: requests")
	if err := measure(ctx, b.rounds, groupsOf(all)); err != nil {
		return err
	}
	reportLists(b, r, all)
	return nil
}

// startLists starts both servers on a database, and fills it. Gatehouse is the first: it creates the table.
func startLists(ctx context.Context, b *bench, i *issuer, d database, ours, bare *program) (pair []*operation, stop func(), err error) {
	l, stopOurs, err := ours.serve(ctx, i, d)
	if err != nil {
		return nil, nil, err
	}
	token := i.tokenOf("first")
	if _, err := l.run(creations(token, ownItems), http.StatusCreated); err != nil {
		stopOurs()
		return nil, nil, err
	}
	hand, stopBare, err := bare.serve(ctx, i, d)
	if err != nil {
		stopOurs()
		return nil, nil, err
	}
	base := listOperation(d.name+": gin + go-oidc", hand, token, b.some(roundReads))
	found := listOperation(d.name+": Gatehouse", l, token, b.some(roundReads))
	found.base = base
	return []*operation{found, base}, func() { stopBare(); stopOurs() }, nil
}

// serve starts the program with a database, and connects to it.
func (p *program) serve(ctx context.Context, i *issuer, d database) (l *load, stop func(), err error) {
	s, err := p.start(ctx, i, "LOG_LEVEL=info", "DATABASE_URL="+d.url)
	if err != nil {
		return nil, nil, err
	}
	if l, err = newLoad(s); err != nil {
		s.close()
		return nil, nil, err
	}
	return l, func() { l.close(); s.close() }, nil
}

func listOperation(name string, l *load, token string, n int) *operation {
	requests := slices.Repeat([][]byte{render(fmt.Sprintf("/items?limit=%d", pageItems), token)}, n)
	return &operation{name: name, load: l, status: http.StatusOK, next: func() [][]byte { return requests }}
}

func reportLists(b *bench, r *report, all []*operation) {
	rows := [][]string{append([]string{""}, operationHead...)}
	var targets []target
	for _, o := range all {
		rows = append(rows, append([]string{o.name}, o.row()...))
		if o.base != nil {
			found := o.ratio(sample.seconds)
			targets = append(targets, target{"CPU, " + o.name, ratio(found), "at most " + ratio(maxOfList), found <= maxOfList})
		}
	}
	r.heading("Lists beside an API written by hand")
	r.paragraph("A page of %d of the caller's %d items: the built program, with its request log in a file, beside one of gin, go-oidc and "+
		"a cache of verified tokens without a log, which prepares the same query with the same driver, and scans it into structs. "+
		"The last four columns are against that one on the same database in the same round; medians of %d rounds.", pageItems, ownItems, b.rounds)
	r.table(rows...)
	r.targets(targets...)
	if b.postgres == "" {
		r.paragraph(noPostgres)
	}
}
