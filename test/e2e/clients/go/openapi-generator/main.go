//go:build client

// Command client creates and lists items with the client that openapi-generator generates from the document, and
// prints the results. It compiles beside that client only.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	_ "golang.org/x/oauth2" // imported by the generated client
)

func main() {
	configuration := NewConfiguration()
	configuration.Servers[0].URL = os.Getenv("API")
	client := NewAPIClient(configuration)
	anonymous := context.Background()
	service := context.WithValue(anonymous, ContextAccessToken, os.Getenv("TOKEN"))

	created, _, err := client.ItemsAPI.CreateItem(service).ItemDraft(draft("BODY")).Execute()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("created", created.GetId())

	list, _, err := client.ItemsAPI.ListItems(service).Limit(100).Execute()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	i := slices.IndexFunc(list.Items, func(item Item) bool { return item.Id == created.Id })
	fmt.Println("listed", list.Items[i].GetId())

	_, _, err = client.ItemsAPI.ListItems(anonymous).Execute()
	printProblem(err)
	_, _, err = client.AdminAPI.ListAllItems(service).Execute()
	printProblem(err)
	_, _, err = client.ItemsAPI.CreateItem(service).ItemDraft(draft("INVALID")).Execute()
	printProblem(err)
}

// draft returns the body that a variable has.
func draft(variable string) (body ItemDraft) {
	if err := json.Unmarshal([]byte(os.Getenv(variable)), &body); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	return body
}

func printProblem(err error) {
	rejected, _ := errors.AsType[*GenericOpenAPIError](err)
	problem := rejected.Model().(Problem)
	fmt.Print("rejected ", problem.Status, " ", problem.Code)
	for _, e := range problem.Errors {
		fmt.Print(" ", e.GetPointer())
	}
	fmt.Println()
}
