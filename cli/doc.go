// Package cli has the commands beside serve, for the people who run the API and those who call it.
//
//	explain  says why a token is accepted or rejected, check by check
//	routes   prints every route and what it asks of its caller
//	migrate  brings the schema of the database up to date
//	health   asks the API on this machine whether it is alive
//
// Two larger commands are packages of their own: cli/doctor checks the configuration and the provider,
// and cli/token gets an access token. Package main lists all of them in one struct, whose tags and
// fields kong reads as the command line; to add a command, add a field there and a type with a Run method
// here.
//
// [Execute] parses the arguments, reads the environment, and runs the command with a [Console]: where it
// reads and writes, the environment, and what reaches the provider. Nothing here touches os.Stdout or the
// network by another way, so that tests run a command as a terminal would. The route table comes from
// Console.Routes, so that no command imports package handlers.
//
// Results go to Console.Out and everything for people to Console.Err. The exit status is 0 for success,
// 1 for failure, and 2 for arguments that are wrong.
package cli
