package main

import (
	"context"
	"database/sql"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"
)

// An item has the columns of one.
type item struct {
	ID          string    `json:"id"`
	Issuer      string    `json:"-"`
	Subject     string    `json:"-"`
	Client      bool      `json:"-"`
	Version     int64     `json:"-"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

const firstPage = `SELECT id, issuer, subject, client, version, name, description, created_at, updated_at FROM items
	WHERE issuer = $1 AND subject = $2 AND client = $3 AND id > $4 ORDER BY id LIMIT $5`

// prepareList prepares the query of the list for a database that the API has filled.
func prepareList(address string) (*sql.Stmt, error) {
	driver, source := "pgx", address
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, source = "sqlite", "file:"+path+"?mode=rw&_journal_mode=WAL&_query_only=on&_busy_timeout=5000"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(8)
	return db.Prepare(firstPage)
}

// list returns the first 50 items of the caller. It reads one more, which tells whether a page follows.
func list(query *sql.Stmt) gin.HandlerFunc {
	return func(c *gin.Context) {
		items, err := read(c.Request.Context(), query, c.MustGet("caller").(*caller))
		if err != nil {
			c.AbortWithStatus(http.StatusInternalServerError)
			return
		}
		c.JSON(http.StatusOK, gin.H{"items": items[:50], "next_cursor": items[49].ID})
	}
}

func read(ctx context.Context, query *sql.Stmt, owner *caller) ([]item, error) {
	rows, err := query.QueryContext(ctx, owner.Issuer, owner.Subject, false, "00000000-0000-0000-0000-000000000000", 51)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	items := make([]item, 0, 51)
	for rows.Next() {
		var i item
		if err := rows.Scan(&i.ID, &i.Issuer, &i.Subject, &i.Client, &i.Version, &i.Name, &i.Description, &i.CreatedAt, &i.UpdatedAt); err != nil {
			return nil, err
		}
		items = append(items, i)
	}
	return items, rows.Err()
}
