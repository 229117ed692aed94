package main

import (
	"bytes"
	"context"

	"github.com/spf13/cobra"
	"github.com/sylabs/sif/v2/pkg/siftool"
)

// tool runs a command of the official siftool, which takes all arguments that follow, and returns what it prints.
func tool(ctx context.Context, args []string) (any, error) {
	root := &cobra.Command{Use: "siftool", SilenceErrors: true, SilenceUsage: true}
	if err := siftool.AddCommands(root); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetArgs(args)
	if err := root.ExecuteContext(ctx); err != nil {
		return nil, err
	}
	return map[string]any{"ok": true, "out": out.String()}, nil
}
