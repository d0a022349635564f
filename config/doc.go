// Package config reads the environment: every variable of the API, in one struct, read and checked once.
//
//	environment, err := config.Load(".env") // the process's variables, and behind them the file's
//	cfg, err := config.Read(environment.Get)
//	// err names every variable that is wrong, one a line: CLOCK_SKEW: "2m" is not a duration from 0s to 1m0s
//
// [Config] is the list of variables. A field's tags are all that there is to know about one:
//
//	env      its name
//	meaning  what it says, in the words of an error if it is missing
//	default  its value when it is unset or empty
//	required that it must be set
//	for      issuer: there is one for each issuer, with _2 to _9 at its end
//	one      the only values, of which the first, which may be empty, is the default; a bool is true for the second
//	min      the least number; 0 if there is none
//	max      the longest duration
//	check    what a value, or each member of a list, must be: see check
//
// To add a variable, add a field here and a paragraph to .env.example. A test compares the two.
//
// The file holds secrets, so errors name its lines by number and never repeat them. Nothing in it is
// expanded: see dotenv.go. A variable that is none of these and looks like one, such as CORS_ORIGIN, is a
// [Typo]: the start log and the command doctor warn of it, and so does the error of a configuration that
// cannot be read.
//
// Of the rest of Gatehouse, config imports only auth and store, whose types and addresses it parses.
package config
