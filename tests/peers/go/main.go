// Command peer drives a container library with the official Go client, and reads images with the official
// SIF module; the singularity command line links both. It is a test's stand-in for that command line: what
// it can push, pull, find and delete on a library, list in an image and verify, the command line can.
//
//	peer push   [flags] FILE entity/collection/container[:tag,tag]
//	peer pull   [flags] entity/collection/container[:tag|:hash] FILE
//	peer search [flags] TEXT
//	peer delete [flags] entity/collection/container:tag
//	peer key-push   [flags] FILE
//	peer key-search [flags] TEXT
//	peer key-pull   [flags] FINGERPRINT|KEY-ID FILE
//	peer list   FILE
//	peer verify [-key FILE] [-pem FILE] [-object N] [-group N] FILE
//	peer siftool ARGUMENTS
//
// Where the library is and who one is there comes from -library and -token-file, or from the file that the
// command line keeps both in, with -remotes.
//
// One JSON object goes to standard output. The exit status is 0 when it was done, 1 when it failed,
// and 2 when the command was used wrongly.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"

	library "github.com/sylabs/scs-library-client/client"
)

var errUsage = errors.New("usage: peer push|pull|search|delete|key-push|key-search|key-pull|list|verify|siftool [flags] ARGUMENTS")

// options are the flags of all commands together.
type options struct {
	base      string
	tokenFile string
	remotes   string
	arch      string
	single    bool
	part      int64
	signed    bool
	key       string
	pem       string
	object    uint
	group     uint
}

// command does its work and returns what to print.
type command func(context.Context, options, []string) (any, error)

var commands = map[string]struct {
	run       command
	arguments int
}{
	"push":       {online(push), 2},
	"pull":       {online(pull), 2},
	"search":     {online(search), 1},
	"delete":     {online(remove), 1},
	"list":       {list, 1},
	"verify":     {verify, 1},
	"key-push":   {keyPush, 1},
	"key-search": {keySearch, 1},
	"key-pull":   {keyPull, 2},
}

// online makes a command of what needs the official client, and with it a library.
func online(run func(context.Context, *library.Client, options, []string) (any, error)) command {
	return func(ctx context.Context, opts options, args []string) (any, error) {
		client, err := connect(ctx, opts)
		if err != nil {
			return nil, err
		}
		return run(ctx, client, opts, args)
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	result, err := run(ctx, os.Args[1:])
	stop()
	status := 0
	if err != nil {
		result = map[string]any{"ok": false, "error": err.Error()}
		status = 1
		if errors.Is(err, errUsage) {
			status = 2
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func run(ctx context.Context, args []string) (any, error) {
	if len(args) == 0 {
		return nil, errUsage
	}
	if args[0] == "siftool" {
		return tool(ctx, args[1:])
	}
	chosen, ok := commands[args[0]]
	if !ok {
		return nil, errUsage
	}
	opts, args, err := parse(args)
	if err != nil || len(args) != chosen.arguments {
		return nil, errUsage
	}
	return chosen.run(ctx, opts, args)
}

func parse(args []string) (options, []string, error) {
	var opts options
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.StringVar(&opts.base, "library", "", "base `URL` of the library")
	flags.StringVar(&opts.tokenFile, "token-file", "", "`file` with the token on its first line")
	flags.StringVar(&opts.remotes, "remotes", "", "`file` with the server and the token, as the command line has it")
	flags.StringVar(&opts.arch, "arch", runtime.GOARCH, "`architecture` of the image")
	flags.BoolVar(&opts.single, "single", false, "pull as one stream instead of in parts")
	flags.Int64Var(&opts.part, "part", 5<<20, "`bytes` in a part of a pull; the default is the command line's")
	flags.BoolVar(&opts.signed, "signed", false, "search signed images only")
	flags.StringVar(&opts.key, "key", "", "`file` with OpenPGP public keys, armored or binary")
	flags.StringVar(&opts.pem, "pem", "", "`file` with a public key in PEM form")
	flags.UintVar(&opts.object, "object", 0, "verify the object with this `id` only")
	flags.UintVar(&opts.group, "group", 0, "verify the objects of this `group` only")
	err := flags.Parse(args[1:])
	return opts, flags.Args(), err
}

func connect(ctx context.Context, opts options) (*library.Client, error) {
	if (opts.base == "") == (opts.remotes == "") {
		return nil, errUsage
	}
	config := &library.Config{BaseURL: opts.base, UserAgent: "sifter-peer"}
	if opts.remotes != "" {
		remote, err := active(opts.remotes)
		if err != nil {
			return nil, err
		}
		if config.BaseURL, err = remote.library(ctx); err != nil {
			return nil, err
		}
		config.AuthToken = remote.Token
	}
	if opts.tokenFile != "" {
		token, err := firstLine(opts.tokenFile)
		if err != nil {
			return nil, err
		}
		config.AuthToken = token
	}
	return library.NewClient(config)
}

// firstLine is what the first line of a file says.
func firstLine(path string) (string, error) {
	content, err := os.ReadFile(path)
	line, _, _ := strings.Cut(string(content), "\n")
	return strings.TrimSpace(line), err
}

// split takes a reference apart into its path and what follows the colon.
func split(reference string) (path, tag string) {
	path, tag, found := strings.Cut(strings.TrimPrefix(reference, "library://"), ":")
	if !found {
		tag = "latest"
	}
	return path, tag
}
